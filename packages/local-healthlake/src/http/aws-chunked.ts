import { ServiceError } from '../service';

/** Whether the SDK sent the body in the framing of aws-chunked (streaming signature or trailing checksum). */
export function isAwsChunked(headers: Readonly<Record<string, string>>): boolean {
  return /\baws-chunked\b/.test(headers['content-encoding'] ?? '') || (headers['x-amz-content-sha256'] ?? '').startsWith('STREAMING-');
}

/** Takes the chunks out of their framing: `<hex size>[;chunk-signature=...]\r\n<data>\r\n`, a chunk of size 0, then trailers. */
export function decodeAwsChunked(body: Buffer): Buffer {
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
