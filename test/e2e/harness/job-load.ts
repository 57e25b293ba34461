import {
  CreateFHIRDatastoreCommand, type ExportJobProperties, HealthLakeClient, type ImportJobProperties, type JobStatus, StartFHIRExportJobCommand,
  StartFHIRImportJobCommand,
} from '@aws-sdk/client-healthlake';
import type { Laptop } from './laptop';
import { allow, policy, trust } from '../../../packages/local-aws/test/foundation';
import type { JobOverride } from '../../../packages/local-healthlake/src/healthlake/options';
import type { JobKind } from '../../../src/contract';
import { CANARY } from '../../support/canary';

const MESSAGE = `the resource Patient/${CANARY} was refused`;

const OVERRIDES: Readonly<Record<string, JobOverride>> = {
  failed: { outcome: { status: 'FAILED', message: MESSAGE } },
  cancelled: { outcome: { status: 'CANCEL_COMPLETED', message: MESSAGE } },
};

/** Returns what a job with this name does. The messages of failed and cancelled jobs quote patient data. */
export function overrideOf(jobName = ''): JobOverride | undefined {
  return OVERRIDES[jobName];
}

/** Starts jobs that belong to no construct, as another team does. */
export class JobLoad {
  private readonly client: HealthLakeClient;
  private readonly setup: Promise<{ readonly roleArn: string; readonly kmsKeyId: string }>;

  public constructor(private readonly laptop: Laptop, private readonly bucket: string) {
    const { endpoint, region, credentials } = laptop.aws;
    this.client = new HealthLakeClient({ endpoint, region, credentials });
    this.setup = this.createDataAccess();
  }

  public async createDatastore(): Promise<string> {
    return (await this.client.send(new CreateFHIRDatastoreCommand({ DatastoreTypeVersion: 'R4' }))).DatastoreId!;
  }

  /** Starts a job. An import reads the folder `in/` of the bucket. Returns the job id. */
  public async start(kind: JobKind, DatastoreId: string, JobName: string): Promise<string> {
    const { roleArn: DataAccessRoleArn, kmsKeyId: KmsKeyId } = await this.setup;
    const output = { S3Configuration: { S3Uri: `s3://${this.bucket}/out/`, KmsKeyId } };
    const { JobId } = await (kind === 'EXPORT'
      ? this.client.send(new StartFHIRExportJobCommand({ DatastoreId, JobName, DataAccessRoleArn, OutputDataConfig: output }))
      : this.client.send(new StartFHIRImportJobCommand({
        DatastoreId, JobName, DataAccessRoleArn, InputDataConfig: { S3Uri: `s3://${this.bucket}/in/` }, JobOutputDataConfig: output,
      })));
    return JobId!;
  }

  /** Adds a job that ends at once. Its message quotes patient data. An import has imported `resources` resources, and one resource has failed. */
  public addEnded(kind: JobKind, datastoreId: string, status: JobStatus, resources: number): void {
    const progress = { TotalNumberOfResourcesImported: resources, TotalNumberOfResourcesWithCustomerError: 1 };
    this.laptop.aws.healthlake.healthLake.addEndedJob(kind === 'IMPORT' ? 'import' : 'export', datastoreId, status, {
      message: MESSAGE, ...(kind === 'IMPORT' && { progress }),
    });
  }

  /** Returns the jobs of a data store, the oldest first. */
  public jobs(kind: JobKind, datastoreId: string): (ImportJobProperties | ExportJobProperties)[] {
    const { healthLake } = this.laptop.aws.healthlake;
    return kind === 'IMPORT' ? healthLake.importJobs(datastoreId) : healthLake.exportJobs(datastoreId);
  }

  public close(): void {
    this.client.destroy();
  }

  private async createDataAccess() {
    const { iam, kms } = this.laptop.aws;
    const { arn: kmsKeyId } = kms.keys.create(kms.defaultKeyPolicy, 'the key of the jobs');
    const { arn: roleArn } = await iam.createRole('data-access', {
      trustPolicy: policy(trust({ Service: 'healthlake.amazonaws.com' })),
      inlinePolicies: { data: policy(allow(['s3:*', 'kms:*'], '*')) },
      managedPolicyArns: [],
    });
    return { roleArn, kmsKeyId };
  }
}
