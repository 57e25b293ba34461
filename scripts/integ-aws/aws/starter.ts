import { setTimeout as sleep } from 'node:timers/promises';
import { StartFHIRImportJobCommand, type StartFHIRImportJobRequest } from '@aws-sdk/client-healthlake';
import type { Clients } from './clients';
import { placeOf } from './objects';
import { outputOf } from '../observe/job';
import type { Imported } from '../steps/context';

/** Some sources say that an account may start one job a minute. */
const PAUSE_AFTER_THROTTLING = 65_000;

/** What Start answered. */
export type Answer = { readonly jobId: string } | { readonly refused: string; readonly status: number };

/** Starts jobs without the handler, with the role, the key and the output of the quickstart's import. */
export class Starter {
  public starts = 0;
  public throttled = 0;

  public constructor(private readonly clients: Clients, private readonly imported: Imported, private readonly signal: AbortSignal) {}

  /** A request for the import of a folder of the input bucket. */
  public request(key: string, name: string, token: string): StartFHIRImportJobRequest {
    const { datastoreId, inputBucket, job } = this.imported;
    const folder = placeOf(outputOf(job));
    return {
      DatastoreId: datastoreId,
      JobName: name,
      ClientToken: token,
      DataAccessRoleArn: job.DataAccessRoleArn,
      InputDataConfig: { S3Uri: `s3://${inputBucket}/${key}` },
      JobOutputDataConfig: {
        S3Configuration: {
          S3Uri: `s3://${folder.bucket}/${folder.key.replace(/[^/]*\/$/, '')}`,
          KmsKeyId: job.JobOutputDataConfig?.S3Configuration?.KmsKeyId,
        },
      },
      ValidationLevel: 'strict',
    };
  }

  public async start(request: StartFHIRImportJobRequest): Promise<Answer> {
    for (;;) {
      const answer = await this.attempt(request);
      if (!('refused' in answer) || !/Throttl/.test(answer.refused)) {
        return answer;
      }
      this.throttled += 1;
      await sleep(PAUSE_AFTER_THROTTLING, undefined, { signal: this.signal });
    }
  }

  private async attempt(request: StartFHIRImportJobRequest): Promise<Answer> {
    this.starts += 1;
    try {
      const { JobId: jobId } = await this.clients.healthlakeOnce.send(new StartFHIRImportJobCommand(request));
      return { jobId: jobId! };
    } catch (error) {
      const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
      return { refused: `${name}: ${message}`, status: $metadata?.httpStatusCode ?? 0 };
    }
  }
}

/** An answer in words. */
export function wordsOf(answer: Answer): string {
  return 'jobId' in answer ? `job ${answer.jobId}` : `HTTP ${answer.status} ${answer.refused}`;
}
