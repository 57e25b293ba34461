import {
  DescribeFHIRExportJobCommand, type ExportJobProperties as ExportJob, ListFHIRExportJobsCommand, StartFHIRExportJobCommand,
} from '@aws-sdk/client-healthlake';
import { GetBucketEncryptionCommand, GetBucketLocationCommand, GetPublicAccessBlockCommand } from '@aws-sdk/client-s3';
import { fingerprintOf } from '../../../lambda/export/fingerprint';
import type { OnEventRequest } from '../../../lambda/framework/framework';
import type { ExportReport } from '../../../lambda/report/types';
import {
  CONTRACT_VERSION, EXPORT_RESOURCE_TYPES, type ExportJobProperties, type ExportOutcomeProperties,
} from '../../../src/contract';
import { Aws, DATASTORE, JOB_ID, MINUTE, STACK, T0 } from '../harness';

const COMMON = {
  ContractVersion: CONTRACT_VERSION,
  ConstructPath: 'Clinic/Backup',
  DatastoreId: DATASTORE,
  OperatorRoleArn: 'arn:aws:iam::123456789012:role/operator',
  OutputS3Uri: 's3://clinic-copies/Backup/',
  Report: { FunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:report', RoleArn: 'arn:aws:iam::123456789012:role/report' },
  EventBusArn: 'arn:aws:events:eu-west-1:123456789012:event-bus/default',
} as const;

/** The properties of an export. */
export const JOB: ExportJobProperties = {
  ...COMMON,
  OutputKmsKeyId: 'arn:aws:kms:eu-west-1:123456789012:key/1',
  DataAccessRoleArn: 'arn:aws:iam::123456789012:role/data-access',
  JobNamePrefix: 'fhir-export',
};
export const OUTCOME: ExportOutcomeProperties = { ...COMMON, JobId: JOB_ID, TimeoutSeconds: '3000' };

/** The folder of a job's output. */
export const folderOf = (jobId: string, output: string = JOB.OutputS3Uri) => `${output}${DATASTORE}-FHIR_EXPORT-${jobId}/`;

/** Returns a job as HealthLake describes it. By default, the job was submitted an hour before `T0`. */
export function exportJob(changes: Partial<ExportJob> = {}): ExportJob {
  return {
    JobId: JOB_ID,
    JobName: `fhir-export-${fingerprintOf(JOB)}`,
    JobStatus: 'SUBMITTED',
    SubmitTime: new Date(T0 - 60 * MINUTE),
    DatastoreId: DATASTORE,
    OutputDataConfig: { S3Configuration: { S3Uri: folderOf(changes.JobId ?? JOB_ID), KmsKeyId: JOB.OutputKmsKeyId } },
    ...changes,
  };
}

/** The answer of the report function on an export with files. */
export const COPY: ExportReport = { kind: 'export', location: `${folderOf(JOB_ID)}export.json`, complete: true, files: 3, bytes: 6000, resources: 40 };
/** The answer of the report function on an export without files. */
export const EMPTY: ExportReport = { ...COPY, files: 0, bytes: 0, resources: 0 };

const common = (logicalId: string) => ({ StackId: STACK, LogicalResourceId: logicalId, RequestType: 'Create' }) as const;

export function jobEvent(changes: Partial<OnEventRequest> = {}, properties: Partial<ExportJobProperties> = {}): OnEventRequest {
  return { ...common('ExportJob'), ResourceType: EXPORT_RESOURCE_TYPES.job, ResourceProperties: { ...JOB, ...properties }, ...changes };
}

export function outcomeEvent(changes: Partial<OnEventRequest> = {}, properties: Partial<ExportOutcomeProperties> = {}): OnEventRequest {
  return { ...common('ExportOutcome'), ResourceType: EXPORT_RESOURCE_TYPES.outcome, ResourceProperties: { ...OUTCOME, ...properties }, ...changes };
}

/** Mocks the SDK clients for exports. By default, HealthLake has no export jobs, the bucket meets all requirements, and the report counts files. */
export class ExportAws extends Aws {
  public constructor() {
    super();
    this.listsExports();
    this.healthlake.on(StartFHIRExportJobCommand).resolves({ JobId: JOB_ID });
    this.reports(COPY);
    this.s3
      .on(GetBucketLocationCommand).resolves({ LocationConstraint: 'eu-west-1' })
      .on(GetBucketEncryptionCommand).resolves({
        ServerSideEncryptionConfiguration: { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: JOB.OutputKmsKeyId } }] },
      })
      .on(GetPublicAccessBlockCommand).resolves({
        PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
      });
  }

  /** Sets the jobs that ListFHIRExportJobs returns. DescribeFHIRExportJob returns the same jobs. */
  public listsExports(...jobs: ExportJob[]): void {
    this.healthlake.on(ListFHIRExportJobsCommand).resolves({ ExportJobPropertiesList: jobs });
    for (const job of jobs) {
      this.healthlake.on(DescribeFHIRExportJobCommand, { JobId: job.JobId }).resolves({ ExportJobProperties: job });
    }
  }

  /** Sets the job that DescribeFHIRExportJob returns at a time. */
  public describes(at: (now: number) => Partial<ExportJob>): void {
    this.healthlake.on(DescribeFHIRExportJobCommand).callsFake(() => ({ ExportJobProperties: exportJob(at(Date.now())) }));
  }

  /** Returns the start requests. Checks that no import was called. */
  public exportsStarted(): { readonly ClientToken: string; readonly OutputDataConfig: ExportJob['OutputDataConfig'] }[] {
    expect(this.healthlake.calls().map(({ args: [{ constructor }] }) => constructor.name).filter((name) => name.includes('Import'))).toEqual([]);
    return this.sent('StartFHIRExportJob') as ReturnType<ExportAws['exportsStarted']>;
  }

  /** Checks that no log line and no given text speaks about imports or input. */
  public speaksOfExportsOnly(...texts: (string | undefined)[]): void {
    // The log group, the name of the library, its session and the advice on an empty data store may have the word.
    const neutral = /fhir-import-logs|cdk-healthlake-import|assumed-role\/\w+\/fhir-import|CdkHealthLakeImport|import data into the data store/g;
    for (const text of [...this.lines, ...texts]) {
      expect(text?.replace(neutral, '')).not.toMatch(/import|input|ALREADY/i);
    }
  }
}
