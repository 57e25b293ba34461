import type { IncomingMessage } from 'node:http';
import { maxBodyBytes } from './protocol';
import { isFhirPath } from '../healthlake/fhir/address';
import { ServiceError, type WireRequest } from '../service';

/** A request whose caller isn't known yet. */
export interface ReceivedRequest extends Omit<WireRequest, 'caller'> {
  /** The access key that signed the request; undefined if the request is unsigned. */
  readonly accessKeyId?: string;
  readonly sessionToken?: string;
  /** Whether the body exceeds the limit of the service; then `body` is empty. */
  readonly isTooLarge: boolean;
}

/** Receives a request and its body. Signatures are read but never verified, because only local processes reach 127.0.0.1. */
export async function receive(incoming: IncomingMessage): Promise<ReceivedRequest> {
  const [rawPath, ...rawQuery] = (incoming.url ?? '/').split('?');
  const query = new URLSearchParams(rawQuery.join('?'));
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    headers[name] = Array.isArray(value) ? value.join(', ') : value ?? '';
  }
  const signer = signerOf(headers, query, rawPath);
  const limit = maxBodyBytes(signer.service);
  let chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) {
      chunks = []; // reads the rest of the body without keeping it, because a client may read the response only after sending the whole body
    } else {
      chunks.push(chunk);
    }
  }
  const method = incoming.method ?? 'GET';
  return { ...signer, method, path: decodePath(rawPath), query, headers, body: Buffer.concat(chunks), isTooLarge: size > limit };
}

/**
 * Reads the credential scope of the Authorization header or of a presigned URL. An unsigned request is assigned to HealthLake if it is in AWS's JSON
 * protocol or has the path of a data store, and otherwise to S3. Its error response has the format of this service.
 */
function signerOf(
  headers: Readonly<Record<string, string>>, query: URLSearchParams, path: string,
): Pick<ReceivedRequest, 'service' | 'region' | 'accessKeyId' | 'sessionToken'> {
  const credential = /Credential=([^,\s]+)/.exec(headers.authorization ?? '')?.[1] ?? query.get('X-Amz-Credential');
  const [accessKeyId, , region, service] = credential?.split('/') ?? [];
  if (!accessKeyId || !region || !service) {
    return { service: isJsonProtocol(headers) || isFhirPath(path) ? 'healthlake' : 's3', region: '' };
  }
  return { accessKeyId, region, service, sessionToken: headers['x-amz-security-token'] ?? query.get('X-Amz-Security-Token') ?? undefined };
}

function isJsonProtocol(headers: Readonly<Record<string, string>>): boolean {
  return 'x-amz-target' in headers || (headers['content-type'] ?? '').startsWith('application/x-amz-json-');
}

/** Decodes each segment of a path. Keeps `.` and `..`, because they are legal in object keys. */
function decodePath(path: string): string {
  return path.split('/').map((segment) => {
    try {
      return decodeURIComponent(segment);
    } catch {
      return segment;
    }
  }).join('/');
}

/** Returns the body without the framing of aws-chunked, which SDKs use for streaming signatures and trailing checksums. */
export function unframedBody({ headers, body }: Pick<WireRequest, 'headers' | 'body'>): Buffer {
  const isChunked = /\baws-chunked\b/.test(headers['content-encoding'] ?? '') || (headers['x-amz-content-sha256'] ?? '').startsWith('STREAMING-');
  return isChunked ? decodeAwsChunked(body) : body;
}

/** Decodes chunks of the form `<hex size>[;chunk-signature=...]\r\n<data>\r\n`, up to the chunk of size 0. Ignores the trailers after that chunk. */
function decodeAwsChunked(body: Buffer): Buffer {
  const chunks: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = body.indexOf('\r\n', at);
    const size = lineEnd < 0 ? NaN : parseInt(body.toString('latin1', at, lineEnd), 16);
    if (!Number.isInteger(size) || lineEnd + 2 + size > body.length) {
      throw new ServiceError('IncompleteBody', 'You did not provide the number of bytes specified by the Content-Length HTTP header.');
    }
    if (size === 0) {
      return Buffer.concat(chunks);
    }
    chunks.push(body.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}
