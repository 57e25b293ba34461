import { randomUUID } from 'node:crypto';
import { JsonCodec2 } from '@aws-sdk/core/protocols';
import { NormalizedSchema } from '@smithy/core/schema';
import type { StaticOperationSchema } from '@smithy/types';
import { ServiceError } from '../ports';
import { normalizeRequest } from './request-validation';

/** What goes back over the wire. */
export interface HealthLakeResponse {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

const CONTENT_TYPE = 'application/x-amz-json-1.0';
const EPOCH_SECONDS = 7;
const codec = new JsonCodec2({ jsonName: false, timestampFormat: { useTrait: true, default: EPOCH_SECONDS } });

/** Errors that the service itself declares; all others come from the framework it runs in. */
const OWN_ERRORS = new Set([
  'AccessDeniedException', 'ConflictException', 'InternalServerException', 'ResourceNotFoundException', 'ThrottlingException', 'ValidationException',
]);

/** The operation an `X-Amz-Target` header names, e.g. `HealthLake.StartFHIRImportJob`. */
export function operationOf(target: string): string {
  return target.slice(target.indexOf('.') + 1);
}

/** Parses and validates the body of a request; the result has the type of the operation's input. */
export async function decodeRequest(schema: StaticOperationSchema, body: Buffer): Promise<unknown> {
  const [, , , , input] = schema;
  return codec.createDeserializer().read(NormalizedSchema.of(input), JSON.stringify(normalizeRequest(input, parse(body))));
}

/** Words an operation's output. */
export function encodeResponse(schema: StaticOperationSchema, output: unknown): HealthLakeResponse {
  const serializer = codec.createSerializer();
  serializer.write(NormalizedSchema.of(schema[5]), output);
  return respond(200, new TextDecoder().decode(serializer.flush()));
}

/** Words an error; one that is not the service's own becomes an InternalServerException without its text. */
export function encodeError(error: unknown): HealthLakeResponse {
  if (!(error instanceof ServiceError)) {
    return encodeError(new ServiceError('InternalServerException', 'An unknown internal error occurred in the service.', 500));
  }
  const namespace = OWN_ERRORS.has(error.name) ? 'com.amazonaws.healthlake' : 'com.amazon.coral.service';
  return respond(error.status, JSON.stringify({ __type: `${namespace}#${error.name}`, message: error.message }));
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.length === 0 ? '{}' : body.toString('utf8'));
  } catch {
    throw new ServiceError('SerializationException', 'The request body is not valid JSON');
  }
}

function respond(status: number, body: string): HealthLakeResponse {
  return { status, headers: { 'content-type': CONTENT_TYPE, 'x-amzn-requestid': randomUUID() }, body };
}
