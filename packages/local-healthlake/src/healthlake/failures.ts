import { S3ServiceException } from '@aws-sdk/client-s3';
import { ServiceError } from './ports';

/** An error that ends a job as FAILED. DescribeFHIRImportJob shows its message. */
export class JobFailure extends Error {}

/** The reason to abort a running or waiting job, which then ends as FAILED with this message. */
export class JobAbortion extends Error {}

const NOT_ALLOWED_IN_MESSAGE = /[^\p{L}\p{Z}\p{N}_.:/=+\-%@]+/gu;
const MAX_MESSAGE_LENGTH = 2048;

/** Returns the Message of a job that failed with this error. The API doesn't allow some characters in a Message, such as quotes and commas. */
export function messageOfFailure(error: unknown): string {
  const isPublic = error instanceof JobFailure || error instanceof ServiceError;
  const text = isPublic ? error.message : 'The import or export job failed because of an internal error.';
  return text.replace(NOT_ALLOWED_IN_MESSAGE, ' ').replace(/ {2,}/g, ' ').trim().slice(0, MAX_MESSAGE_LENGTH);
}

/** Converts the error of a failed attempt into a `JobFailure` if a service answered with a 4xx error. Returns every other error unchanged. */
export function jobFailure(attempt: string, error: unknown): unknown {
  const refusal = refusalOf(error);
  return refusal ? new JobFailure(`${attempt}: ${refusal.message}`) : error;
}

/** Converts the error of a failed attempt into an error of the Start operation if a service answered with a 4xx error. Returns every other error unchanged. */
export function startFailure(attempt: string, error: unknown): unknown {
  const refusal = refusalOf(error);
  if (!refusal) {
    return error;
  }
  const name = refusal.isDenied ? 'AccessDeniedException' : 'ValidationException';
  return new ServiceError(name, `${attempt}: ${refusal.message}`);
}

/** Returns the details of a 4xx error of S3, KMS or STS; undefined for every other error. */
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
