import { randomUUID } from 'node:crypto';
import { JsonCodec2 } from '@aws-sdk/core/protocols';
import { NormalizedSchema } from '@smithy/core/schema';
import type { StaticOperationSchema } from '@smithy/types';
import { ServiceError } from '../ports';
import { normalizeRequest } from './request-validation';

/** An HTTP response of the API. */
export interface HealthLakeResponse {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

const EPOCH_SECONDS = 7;
const codec = new JsonCodec2({ jsonName: false, timestampFormat: { useTrait: true, default: EPOCH_SECONDS } });

/** The errors in the API model of HealthLake. All other errors come from AWS's service framework. */
const MODEL_ERRORS = new Set([
  'AccessDeniedException', 'ConflictException', 'InternalServerException', 'ResourceNotFoundException', 'ThrottlingException', 'ValidationException',
]);

/** Parses and validates the body of a request. Returns the operation's input. */
export async function decodeRequest(schema: StaticOperationSchema, body: Buffer): Promise<unknown> {
  const [, , , , input] = schema;
  return codec.createDeserializer().read(NormalizedSchema.of(input), JSON.stringify(normalizeRequest(input, parse(body))));
}

export function encodeResponse(schema: StaticOperationSchema, output: unknown): HealthLakeResponse {
  const serializer = codec.createSerializer();
  serializer.write(NormalizedSchema.of(schema[5]), output);
  return respond(200, new TextDecoder().decode(serializer.flush()));
}

/** Encodes an error. An error that is not a `ServiceError` becomes an InternalServerException without the error's text. */
export function encodeError(error: unknown): HealthLakeResponse {
  if (!(error instanceof ServiceError)) {
    return encodeError(new ServiceError('InternalServerException', 'An unknown internal error occurred in the service.', 500));
  }
  const namespace = MODEL_ERRORS.has(error.name) ? 'com.amazonaws.healthlake' : 'com.amazon.coral.service';
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
  return { status, headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': randomUUID() }, body };
}
