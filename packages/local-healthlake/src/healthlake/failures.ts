import { S3ServiceException } from '@aws-sdk/client-s3';
import { ServiceError } from './ports';

/** Ends a job as FAILED; DescribeFHIRImportJob shows the message. */
export class JobFailure extends Error {}

/** Aborts a running or waiting job: it ends as FAILED with this message. */
export class JobAbortion extends Error {}

const NOT_ALLOWED_IN_MESSAGE = /[^\p{L}\p{Z}\p{N}_.:/=+\-%@]+/gu;
const MAX_MESSAGE_LENGTH = 2048;

/** Returns the Message of a job that an error ended. The API allows few characters in it: no quotes and no commas. */
export function messageOfFailure(error: unknown): string {
  const isPublic = error instanceof JobFailure || error instanceof ServiceError;
  const text = isPublic ? error.message : 'The import or export job failed because of an internal error.';
  return text.replace(NOT_ALLOWED_IN_MESSAGE, ' ').replace(/ {2,}/g, ' ').trim().slice(0, MAX_MESSAGE_LENGTH);
}

/** Returns a `JobFailure` if a service refused what the job attempted; every other error is returned unchanged. */
export function jobFailure(attempt: string, error: unknown): unknown {
  const refusal = refusalOf(error);
  return refusal ? new JobFailure(`${attempt}: ${refusal.message}`) : error;
}

/** Returns the error of a Start if a service refused its data access role; every other error is returned unchanged. */
export function startFailure(attempt: string, error: unknown): unknown {
  const refusal = refusalOf(error);
  if (!refusal) {
    return error;
  }
  const name = refusal.isDenied ? 'AccessDeniedException' : 'ValidationException';
  return new ServiceError(name, `${attempt}: ${refusal.message}`);
}

/** A 4xx answer of S3, KMS or STS; undefined for every other error. */
function refusalOf(error: unknown): { readonly isDenied: boolean; readonly message: string } | undefined {
  if (!(error instanceof ServiceError || error instanceof S3ServiceException)) {
    return undefined;
  }
  const status = error instanceof ServiceError ? error.status : error.$metadata.httpStatusCode ?? 0;
  if (status < 400 || status > 499) {
    return undefined;
  }
  return { isDenied: status === 403 || error.name.startsWith('AccessDenied'), message: error.message || error.name };
}
