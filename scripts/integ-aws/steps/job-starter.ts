import { setTimeout as sleep } from 'node:timers/promises';
import { StartFHIRImportJobCommand, type StartFHIRImportJobRequest } from '@aws-sdk/client-healthlake';
import type { Context, Imported } from './context';
import { parseS3Uri } from '../aws/objects';
import { outputOf } from '../observe/job';

/** The pause after a throttled start. Some sources say that an account may start only one job a minute. */
const THROTTLING_PAUSE_MS = 65_000;

/** The result of a StartFHIRImportJob call: a job id, or an error. */
export type Answer = { readonly jobId: string } | { readonly refused: string; readonly status: number };

/** Starts jobs through the HealthLake API, with the role, the key and the output location of the quickstart's import. */
export class JobStarter {
  public starts = 0;
  public throttled = 0;

  /** @param prefix the key prefix of the input folders in the input bucket */
  public constructor(private readonly context: Context, private readonly imported: Imported, private readonly prefix: string) {}

  /** Returns a request that imports a folder. `name` becomes the job's name and the client token, so it must be unique in a run. */
  public request(folderName: string, name = folderName): StartFHIRImportJobRequest {
    const { datastoreId, inputBucket, job } = this.imported;
    const folder = parseS3Uri(outputOf(job));
    const fullName = `integ-aws-${name}-${this.context.stamp}`;
    return {
      DatastoreId: datastoreId,
      JobName: fullName,
      ClientToken: fullName,
      DataAccessRoleArn: job.DataAccessRoleArn,
      InputDataConfig: { S3Uri: `s3://${inputBucket}/${this.prefix}${folderName}/` },
      JobOutputDataConfig: {
        S3Configuration: {
          S3Uri: `s3://${folder.bucket}/${folder.key.replace(/[^/]*\/$/, '')}`,
          KmsKeyId: job.JobOutputDataConfig?.S3Configuration?.KmsKeyId,
        },
      },
      ValidationLevel: 'strict',
    };
  }

  /** Starts a job. Retries if HealthLake throttles the start. */
  public async start(request: StartFHIRImportJobRequest): Promise<Answer> {
    for (;;) {
      const answer = await this.attempt(request);
      if (!('refused' in answer) || !/Throttl/.test(answer.refused)) {
        return answer;
      }
      this.throttled += 1;
      await sleep(THROTTLING_PAUSE_MS, undefined, { signal: this.context.signal });
    }
  }

  private async attempt(request: StartFHIRImportJobRequest): Promise<Answer> {
    this.starts += 1;
    try {
      const { JobId: jobId } = await this.context.clients.healthlakeOnce.send(new StartFHIRImportJobCommand(request));
      return { jobId: jobId! };
    } catch (error) {
      const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
      return { refused: `${name}: ${message}`, status: $metadata?.httpStatusCode ?? 0 };
    }
  }
}

/** Returns the text that the script prints for an answer. */
export function textOf(answer: Answer): string {
  return 'jobId' in answer ? `job ${answer.jobId}` : `HTTP ${answer.status} ${answer.refused}`;
}
