import { ServiceError } from '../contract';

export interface Message {
  readonly subject?: string;
  readonly message: string;
}

/** A message that was published to a topic. */
export interface PublishedMessage extends Message {
  readonly messageId: string;
  readonly topicArn: string;
  /** The time of publication in milliseconds since the epoch, by the clock of the local AWS. */
  readonly time: number;
  /** The ARN of the user or role session that published the message, or the name of the AWS service. */
  readonly publisherArn: string;
}

const MAX_SUBJECT_LENGTH = 100;
const MAX_MESSAGE_BYTES = 256 * 1024;

/** Matches a valid subject: printable ASCII that doesn't begin with a space. */
const SUBJECT = /^[!-~][ -~]*$/;

/** Throws if SNS would reject the message. */
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
