import { NoSuchKey, S3ServiceException } from '@aws-sdk/client-s3';
import { JobFailure } from './jobs/job-message';
import { ServiceError } from './ports';

/** Whether the object isn't there. */
export function isMissing(error: unknown): boolean {
  return error instanceof NoSuchKey;
}

/** The error of a job that can't go on; what isn't a refusal stays as it is, an internal error. */
export function jobFailure(attempt: string, error: unknown): unknown {
  const refusal = refusalOf(error);
  return refusal ? new JobFailure(`${attempt}: ${refusal.message}`) : error;
}

/** The answer of a Start whose data access role can't do what the job will do. */
export function startFailure(attempt: string, error: unknown): unknown {
  const refusal = refusalOf(error);
  if (!refusal) {
    return error;
  }
  const name = refusal.denied ? 'AccessDeniedException' : 'ValidationException';
  return new ServiceError(name, `${attempt}: ${refusal.message}`);
}

/** S3, KMS or STS saying no; undefined for everything that is not an answer of theirs to this request. */
function refusalOf(error: unknown): { readonly denied: boolean; readonly message: string } | undefined {
  if (!(error instanceof ServiceError || error instanceof S3ServiceException)) {
    return undefined;
  }
  const status = error instanceof ServiceError ? error.status : error.$metadata.httpStatusCode ?? 0;
  if (status < 400 || status > 499) {
    return undefined;
  }
  const denied = status === 403 || error.name.startsWith('AccessDenied');
  return { denied, message: error.message || error.name };
}
