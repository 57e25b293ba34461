import type { IncomingMessage } from 'node:http';
import { signerOf } from './signer';
import type { WireRequest } from '../service';

/** A request whose signer isn't known yet. */
export interface ReceivedRequest extends Omit<WireRequest, 'caller'> {
  /** Undefined if the request is unsigned. */
  readonly accessKeyId?: string;
  readonly sessionToken?: string;
}

/** Receives a request to its end. */
export async function receive(incoming: IncomingMessage): Promise<ReceivedRequest> {
  const [rawPath, ...rawQuery] = (incoming.url ?? '/').split('?');
  const query = new URLSearchParams(rawQuery.join('?'));
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    headers[name] = Array.isArray(value) ? value.join(', ') : value ?? '';
  }
  const signer = signerOf(headers, query);
  return {
    // Who doesn't sign speaks to S3: anonymous reads and the bucket for CloudFormation's responses.
    service: signer?.service ?? 's3',
    region: signer?.region ?? '',
    accessKeyId: signer?.accessKeyId,
    sessionToken: signer?.sessionToken,
    method: incoming.method ?? 'GET',
    path: decodePath(rawPath),
    query,
    headers,
    body: await readBody(incoming),
  };
}

/** Segment by segment, and nothing is resolved: `.` and `..` are legal in the keys of objects. */
function decodePath(path: string): string {
  return path.split('/').map((segment) => {
    try {
      return decodeURIComponent(segment);
    } catch {
      return segment;
    }
  }).join('/');
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}
