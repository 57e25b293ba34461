import type { ExportDocument } from '../../../../lambda/report/export/document';
import type { ExportReport, ExportReportRequest } from '../../../../lambda/report/types';
import { BUCKET, DATASTORE, type Harness } from '../harness';
import { WINDOW } from '../lines';

/** An export job and its files in the local S3. */
export class ExportJob {
  private static jobs = 0;
  private readonly jobId = `c0fddbf76f238297632d4aebdbfc9d${String(ExportJob.jobs++).padStart(2, '0')}`;
  private readonly prefix = `output/${DATASTORE}-FHIR_EXPORT-${this.jobId}/`;

  public constructor(private readonly harness: Harness) {}

  public get request(): Omit<ExportReportRequest, 'ReportRoleArn'> {
    return { Kind: 'EXPORT', DatastoreId: DATASTORE, JobId: this.jobId, JobStatus: 'COMPLETED', OutputLocation: `s3://${BUCKET}/${this.prefix}`, Window: WINDOW };
  }

  /** Writes an object into the folder of the export, encrypted with the key of the export. */
  public put(name: string, content: string): this {
    this.harness.aws.s3.bucket(BUCKET).put(this.prefix + name, {
      deleteMarker: false,
      body: Buffer.from(content),
      etag: '"0"',
      lastModified: 0,
      headers: {},
      encryption: { algorithm: 'aws:kms', keyId: this.harness.keyArn, bucketKey: true },
    });
    return this;
  }

  public remove(name: string): void {
    this.harness.aws.s3.bucket(BUCKET).remove(this.prefix + name, 'null');
  }

  /** Invokes the function and returns the report. */
  public async report(milliseconds?: number): Promise<ExportReport> {
    const answer = await this.harness.invoke(this.request, milliseconds);
    expect(answer).toMatchObject({ kind: 'export' });
    return answer as ExportReport;
  }

  /** Returns the content of `export.json` and the KMS key that encrypts it. */
  public written(): { document: ExportDocument; json: string; keyId?: string } {
    const { body, encryption } = this.harness.aws.s3.bucket(BUCKET).find(`${this.prefix}export.json`)!;
    const json = body.toString('utf8');
    return { document: JSON.parse(json), json, keyId: encryption.keyId };
  }
}
