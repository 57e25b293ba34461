import { ServiceError } from '../contract';

/** What somebody wants to publish. */
export interface Message {
  readonly subject?: string;
  readonly message: string;
}

/** A message that a topic took. */
export interface PublishedMessage extends Message {
  readonly messageId: string;
  readonly topicArn: string;
  /** Milliseconds since the epoch, by the clock. */
  readonly time: number;
  /** The user, the session or the service that published it. */
  readonly publisherArn: string;
}

const MAX_SUBJECT_LENGTH = 100;
const MAX_MESSAGE_BYTES = 256 * 1024;

/** ASCII without control characters that begins with a letter, a number or a punctuation mark. */
const SUBJECT = /^[!-~][ -~]*$/;

/** Refuses a message that SNS would refuse. */
export function checkMessage({ subject, message }: Message): void {
  if (message === '') {
    throw invalid('Empty message');
  }
  if (subject !== undefined && !(SUBJECT.test(subject) && subject.length <= MAX_SUBJECT_LENGTH)) {
    throw invalid('Subject');
  }
  if (Buffer.byteLength(message) > MAX_MESSAGE_BYTES) {
    throw invalid('Message too long');
  }
}

function invalid(reason: string): ServiceError {
  return new ServiceError('InvalidParameter', `Invalid parameter: ${reason}`);
}
