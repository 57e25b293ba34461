import type { Access } from './access';
import type { Buckets } from './buckets';
import { bucketAndKey, s3Operation } from './operation-name';
import { renderXml, type XmlElement } from '../http/xml';
import { callerOf, ServiceError, type Caller, type Environment, type WireRequest, type WireResponse } from '../service';

/** A request to S3, with its parsed address. */
export interface S3Request {
  readonly operation: string;
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly caller: Caller;
}

/** The state of S3 that its operations share. */
export interface S3Context {
  readonly environment: Environment;
  readonly buckets: Buckets;
  readonly access: Access;
}

export type S3Operation = (s3: S3Context, request: S3Request) => Promise<WireResponse>;

/** The operations by their API names. */
export type S3Operations = Readonly<Record<string, S3Operation>>;

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** The size limit of an object key, in UTF-8 bytes. */
const MAX_KEY_BYTES = 1024;

/** Parses the address of a request. Throws if the key is too long or the request expects another owner of the bucket. */
export function readRequest(request: WireRequest, accountId: string): S3Request {
  const expectedOwner = request.headers['x-amz-expected-bucket-owner'];
  if (expectedOwner && expectedOwner !== accountId) {
    throw new ServiceError('AccessDenied', 'Access Denied', 403);
  }
  const address = bucketAndKey(request.path);
  if (Buffer.byteLength(address.key) > MAX_KEY_BYTES) {
    throw new ServiceError('KeyTooLongError', 'Your key is too long');
  }
  const { query, headers, body } = request;
  return { ...address, operation: s3Operation(request), query, headers, body, caller: callerOf(request) };
}

/** Returns an XML response with S3's namespace on its root element. */
export function xmlResponse(root: string, content: XmlElement, headers: Record<string, string> = {}): WireResponse {
  return {
    status: 200,
    headers: { 'content-type': 'application/xml', ...headers },
    body: '<?xml version="1.0" encoding="UTF-8"?>\n' + renderXml({ [root]: { '@xmlns': NAMESPACE, ...content } }),
  };
}

export const NO_CONTENT: WireResponse = { status: 204 };

/** Returns a response without a body. */
export function empty(headers: Record<string, string> = {}): WireResponse {
  return { status: 200, headers };
}
