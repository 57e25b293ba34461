import { isObject } from './pattern';
import { ServiceError } from '../contract';

/** One entry of a PutEvents request. */
export interface Entry {
  readonly Source?: string;
  readonly DetailType?: string;
  readonly Detail?: string;
  readonly EventBusName?: string;
  readonly Resources?: readonly string[];
  /** The time of the event, in seconds since the epoch. */
  readonly Time?: number | string;
}

/** The error of one entry in the response to PutEvents. */
export interface EntryError {
  readonly ErrorCode: string;
  readonly ErrorMessage: string;
}

const MAX_ENTRIES = 10;
const MAX_BYTES = 256 * 1024;
const TIME_BYTES = 14;

/** Throws if EventBridge would reject the whole PutEvents request. */
export function checkEntries(entries: unknown): asserts entries is Entry[] {
  if (!Array.isArray(entries) || entries.length === 0) {
    throw constraint('greater than or equal to 1');
  }
  if (entries.length > MAX_ENTRIES) {
    throw constraint(`less than or equal to ${MAX_ENTRIES}`);
  }
  const size = (entries as Entry[]).reduce((sum, entry) => sum + entrySize(entry), 0);
  if (size > MAX_BYTES) {
    throw new ServiceError('ValidationException', 'Total size of the entries in the request is over the limit.');
  }
}

/** Returns the error of an invalid entry; undefined if the entry is valid. */
export function entryError({ Source, DetailType, Detail }: Entry): EntryError | undefined {
  for (const [name, value] of Object.entries({ Source, DetailType, Detail })) {
    if (!value) {
      return { ErrorCode: 'InvalidArgument', ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.` };
    }
  }
  if (Source?.startsWith('aws.')) {
    return { ErrorCode: 'NotAuthorizedForSource', ErrorMessage: 'Not authorized for the source.' };
  }
  return isJsonObject(Detail ?? '') ? undefined : { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
}

/** Returns the size of an entry in bytes, as EventBridge counts it. */
function entrySize({ Source = '', DetailType = '', Detail = '', Resources = [], Time }: Entry): number {
  return [Source, DetailType, Detail, ...Resources].reduce((sum, text) => sum + Buffer.byteLength(text), Time === undefined ? 0 : TIME_BYTES);
}

function isJsonObject(text: string): boolean {
  try {
    return isObject(JSON.parse(text));
  } catch {
    return false;
  }
}

function constraint(length: string): ServiceError {
  return new ServiceError('ValidationException',
    `1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length ${length}`);
}
