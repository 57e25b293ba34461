import { ServiceError } from '../contract';

/** What somebody wants to publish. */
export interface Message {
  readonly subject?: string;
  readonly message: string;
}

const MAX_SUBJECT_LENGTH = 100;
const MAX_MESSAGE_BYTES = 256 * 1024;

/** ASCII without control characters that begins with a letter, a number or a punctuation mark. */
const SUBJECT = /^[!-~][ -~]*$/;

/** Refuses a message that SNS would refuse. */
export function checkMessage({ subject, message }: Message): void {
  if (message === '') throw invalid('Empty message');
  if (subject !== undefined && !(SUBJECT.test(subject) && subject.length <= MAX_SUBJECT_LENGTH)) throw invalid('Subject');
  if (Buffer.byteLength(message) > MAX_MESSAGE_BYTES) throw invalid('Message too long');
}

function invalid(reason: string): ServiceError {
  return new ServiceError('InvalidParameter', `Invalid parameter: ${reason}`);
}
