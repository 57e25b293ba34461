import { ServiceError } from '../ports';

/** Ends a job as FAILED; its message is what Describe shows. */
export class JobFailure extends Error {}

const ALLOWED = /[^\p{L}\p{Z}\p{N}_.:/=+\-%@]+/gu;
const MAX_LENGTH = 2048;

/** A job's Message allows few characters, quotes and commas not among them. */
export function jobMessage(text: string): string {
  return text.replace(ALLOWED, ' ').replace(/ {2,}/g, ' ').trim().slice(0, MAX_LENGTH);
}

/** What a failed job says of the error that ended it. */
export function messageOfFailure(error: unknown): string {
  const told = error instanceof JobFailure || error instanceof ServiceError;
  return jobMessage(told ? error.message : 'The import or export job failed because of an internal error.');
}
