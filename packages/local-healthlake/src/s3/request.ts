import type { Access } from './access';
import type { Buckets } from './buckets';
import { bucketAndKey, s3Operation } from './operation-name';
import { callerOf } from '../http/signed';
import { renderXml, type XmlElement } from '../http/xml';
import { ServiceError, type Caller, type Environment, type WireRequest, type WireResponse } from '../service';

/** A request to S3, with its address read. */
export interface S3Request {
  readonly operation: string;
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly caller: Caller;
}

/** What the operations work on. */
export interface S3Context {
  readonly environment: Environment;
  readonly buckets: Buckets;
  readonly access: Access;
}

export type S3Operation = (s3: S3Context, request: S3Request) => Promise<WireResponse>;

/** By the name of the operation. */
export type S3Operations = Readonly<Record<string, S3Operation>>;

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** Reads the address of a request and refuses it if it expects the bucket to be someone else's. */
export function readRequest(request: WireRequest, accountId: string): S3Request {
  const expectedOwner = request.headers['x-amz-expected-bucket-owner'];
  if (expectedOwner && expectedOwner !== accountId) {
    throw new ServiceError('AccessDenied', 'Access Denied', 403);
  }
  const { query, headers, body } = request;
  return { ...bucketAndKey(request.path), operation: s3Operation(request), query, headers, body, caller: callerOf(request) };
}

/** An XML answer with S3's namespace on its root element. */
export function xmlResponse(root: string, content: XmlElement): WireResponse {
  return {
    status: 200,
    headers: { 'content-type': 'application/xml' },
    body: '<?xml version="1.0" encoding="UTF-8"?>\n' + renderXml({ [root]: { '@xmlns': NAMESPACE, ...content } }),
  };
}

export const NO_CONTENT: WireResponse = { status: 204 };

/** An answer without a body. */
export function empty(headers: Record<string, string> = {}): WireResponse {
  return { status: 200, headers };
}
