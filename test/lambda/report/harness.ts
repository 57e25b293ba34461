import { CANARY, WINDOW } from './lines';
import { reportStatements } from './statements';
import { handler } from '../../../lambda/report';
import type { ReportDocument } from '../../../lambda/report/document/document';
import type { ExportReportRequest, Report, ReportAnswer, ReportRequest } from '../../../lambda/report/types';
import { LocalAws } from '../../../packages/local-aws/src/aws';

export const BUCKET = 'clinic-results';
export const DATASTORE = '6407b9ae4c2def3cb6f1a46a0c599ec0';
const JOB = 'c0fddbf76f238297632d4aebdbfc9d';

export const MANIFEST = JSON.stringify({
  numberOfScannedFiles: 3,
  numberOfFilesImported: 3,
  numberOfResourcesScanned: 9,
  numberOfResourcesImportedSuccessfully: 4,
  numberOfResourcesWithCustomerError: 5,
  numberOfResourcesWithServerError: 0,
});

/** Runs the report function against a local S3, with the permissions that the function has in a deployed stack. */
export class Harness {
  public static async start(kind: 'IMPORT' | 'EXPORT' = 'IMPORT'): Promise<Harness> {
    const aws = await LocalAws.start({ region: 'us-west-2' });
    const harness = new Harness(aws, kind);
    await harness.setUp();
    return harness;
  }

  /** The lines that the report function logged. */
  public readonly log: string[] = [];
  public keyArn = '';
  private jobs = 0;
  private roles = 0;
  private roleArn = '';

  private constructor(public readonly aws: LocalAws, private readonly kind: 'IMPORT' | 'EXPORT') {}

  /** Creates a job without results. */
  public newJob(): Job {
    return new Job(this, `${JOB}${String(this.jobs++).padStart(2, '0')}`);
  }

  /** Creates a report role with these statements and uses it for the next invocations. */
  public async useRole(...statements: object[]): Promise<void> {
    const name = `report-${this.roles++}`;
    this.roleArn = `arn:aws:iam::${this.aws.accountId}:role/${name}`;
    await this.aws.iam.createRole(name, {
      trustPolicy: trust({ AWS: `arn:aws:iam::${this.aws.accountId}:role/report-function` }),
      inlinePolicies: { report: { Version: '2012-10-17', Statement: statements as never } },
      managedPolicyArns: [],
    });
  }

  /** Returns the policy statements of the report role with the output prefix `output/`. */
  public statements(): object[] {
    return reportStatements(this.kind, {
      bucketName: BUCKET, prefix: 'output/', datastoreId: DATASTORE, keyArn: this.keyArn, region: this.aws.region,
    });
  }

  public async invoke(request: Omit<ReportRequest, 'ReportRoleArn'> | Omit<ExportReportRequest, 'ReportRoleArn'>, milliseconds = 300_000): Promise<ReportAnswer> {
    const answer = await handler({ ...request, ReportRoleArn: this.roleArn }, { getRemainingTimeInMillis: () => milliseconds });
    expect(JSON.stringify(answer)).not.toContain(CANARY);
    return JSON.parse(JSON.stringify(answer));
  }

  /** Returns the S3 operations since the last call of this method. */
  public takeOperations(): string[] {
    const operations = this.aws.router.requests.entries.filter(({ service }) => service === 's3').map(({ operation }) => operation);
    this.aws.router.requests.clear();
    return operations;
  }

  public async close(): Promise<void> {
    await this.aws.stop();
    jest.restoreAllMocks();
    for (const line of this.log) {
      expect(JSON.parse(line)).toEqual(expect.objectContaining({ message: `${this.kind.toLowerCase()} report` }));
      expect(line).not.toContain(CANARY);
    }
  }

  private async setUp(): Promise<void> {
    const { aws } = this;
    for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
      jest.spyOn(console, method).mockImplementation((...written) => {
        this.log.push(written.map(String).join(' '));
      });
    }
    this.keyArn = aws.kms.keys.create(aws.kms.defaultKeyPolicy).arn;
    aws.s3.createBucket(BUCKET).encryption = { algorithm: 'aws:kms', keyId: this.keyArn, bucketKey: true };
    const role = await aws.iam.createRole('report-function', { trustPolicy: trust({ Service: 'lambda.amazonaws.com' }), inlinePolicies: {}, managedPolicyArns: [] });
    const { credentials } = await aws.iam.assumeRole({ service: 'lambda.amazonaws.com' }, role.arn);
    Object.assign(process.env, {
      ...aws.cliEnvironment('unused'),
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_SESSION_TOKEN: credentials.sessionToken,
    });
    await this.useRole(...this.statements());
  }
}

/** A job and its results in the local S3. */
export class Job {
  private readonly prefix: string;

  public constructor(private readonly harness: Harness, private readonly jobId: string) {
    this.prefix = `output/${DATASTORE}-FHIR_IMPORT-${jobId}/`;
  }

  public get request(): Omit<ReportRequest, 'ReportRoleArn'> {
    return {
      DatastoreId: DATASTORE, JobId: this.jobId, OutputLocation: `s3://${BUCKET}/${this.prefix}`, InputS3Uri: 's3://clinic-data/input/', Window: WINDOW,
    };
  }

  /** Writes an object into the results, encrypted with the key that HealthLake uses. */
  public put(name: string, content: string | readonly string[]): this {
    const body = Buffer.from(typeof content === 'string' ? content : content.map((line) => `${line}\n`).join(''));
    this.harness.aws.s3.bucket(BUCKET).put(this.prefix + name, {
      deleteMarker: false, body, etag: '"0"', lastModified: 0, headers: {}, encryption: { algorithm: 'aws:kms', keyId: this.harness.keyArn, bucketKey: true },
    });
    return this;
  }

  public remove(name: string): void {
    this.harness.aws.s3.bucket(BUCKET).remove(this.prefix + name, 'null');
  }

  /** Invokes the function and returns the report. */
  public async report(milliseconds?: number): Promise<Report> {
    const answer = await this.harness.invoke(this.request, milliseconds);
    expect(answer).toMatchObject({ kind: 'report' });
    return answer as Report;
  }

  /** Returns the content of `report.json` and the KMS key that encrypts it. */
  public written(): { document: ReportDocument; json: string; keyId?: string } {
    const { body, encryption } = this.harness.aws.s3.bucket(BUCKET).find(`${this.prefix}report.json`)!;
    const json = body.toString('utf8');
    return { document: JSON.parse(json), json, keyId: encryption.keyId };
  }

  public get hasReport(): boolean {
    return this.harness.aws.s3.bucket(BUCKET).find(`${this.prefix}report.json`) !== undefined;
  }

  /** Returns the object key of a file in the results. */
  public key(name: string): string {
    return this.prefix + name;
  }
}

function trust(principal: Record<string, string>): { Version: '2012-10-17'; Statement: [{ Effect: 'Allow'; Principal: Record<string, string>; Action: string }] } {
  return { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' }] };
}
