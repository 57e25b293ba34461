import { createHash } from 'node:crypto';
import { ServiceError, type Caller, type WireResponse } from '../../service';
import type { Bucket, Encryption, ObjectVersion } from '../bucket';
import { bucketAndKey } from '../operation-name';
import { empty, xmlResponse, type S3Context, type S3Operations, type S3Request } from '../request';

/** The request headers that S3 stores with an object and returns with it. */
const KEPT_HEADERS = /^(x-amz-meta-.*|x-amz-website-redirect-location|content-(type|disposition|language|encoding)|cache-control|expires)$/;

/** The operations that read and write objects. */
export const objectOperations: S3Operations = {
  async GetObject(s3, request) {
    return answerTo(request, await readObject(s3, request.caller, s3.buckets.get(request.bucket), request.key, versionIdOf(request)));
  },

  async HeadObject(s3, request) {
    return answerTo(request, await findObject(s3, request.caller, s3.buckets.get(request.bucket), request.key, versionIdOf(request)));
  },

  async PutObject(s3, request) {
    const { object, headers } = await store(s3, request, { body: request.body, etag: md5Etag(request.body), headers: keptHeaders(request.headers) });
    return empty({ etag: object.etag, ...headers });
  },

  async CopyObject(s3, request) {
    const { body, etag, headers: sourceHeaders } = await readCopySource(s3, request);
    const isReplaced = request.headers['x-amz-metadata-directive'] === 'REPLACE';
    const { object, headers } = await store(s3, request, { body, etag, headers: isReplaced ? keptHeaders(request.headers) : sourceHeaders });
    return xmlResponse('CopyObjectResult', { ETag: object.etag, LastModified: new Date(object.lastModified).toISOString() }, headers);
  },
};

/** Stores a new version of the requested object. Returns the version and the headers of the response. */
async function store(
  s3: S3Context, request: S3Request, content: Pick<ObjectVersion, 'body' | 'etag' | 'headers'>,
): Promise<{ readonly object: ObjectVersion; readonly headers: Record<string, string> }> {
  const bucket = s3.buckets.get(request.bucket);
  const encryption = await authorizePut(s3, request, bucket);
  checkWriteConditions(request, bucket);
  const object = bucket.put(request.key, { ...content, deleteMarker: false, lastModified: s3.environment.clock.now(), encryption });
  return { object, headers: { ...encryptionHeaders(encryption), ...versionHeader(bucket, object) } };
}

/** Returns the object in the x-amz-copy-source header. Rejects if the caller may not read it. */
export async function readCopySource(s3: S3Context, request: S3Request): Promise<ObjectVersion> {
  const [path, parameters] = (request.headers['x-amz-copy-source'] ?? '').split('?');
  const { bucket, key } = bucketAndKey(`/${decodeURIComponent(path).replace(/^\//, '')}`);
  if (!bucket || !key) {
    throw new ServiceError('InvalidArgument', 'Copy Source must mention the source bucket and key: sourcebucket/sourcekey');
  }
  const versionId = new URLSearchParams(parameters).get('versionId') ?? undefined;
  return readObject(s3, request.caller, s3.buckets.get(bucket), key, versionId);
}

/** Returns the object. Rejects if the caller may not read or decrypt it. */
export async function readObject(s3: S3Context, caller: Caller, bucket: Bucket, key: string, versionId?: string): Promise<ObjectVersion> {
  const object = await findObject(s3, caller, bucket, key, versionId);
  await s3.access.useKey(caller, 'kms:Decrypt', object.encryption, bucket, key);
  return object;
}

/** Returns the encryption of a new object. Rejects if the caller may not write the object or use its KMS key. */
export async function authorizePut(s3: S3Context, request: S3Request, bucket: Bucket): Promise<Encryption> {
  const { headers, caller, key } = request;
  const algorithm = headers['x-amz-server-side-encryption'];
  const keyId = headers['x-amz-server-side-encryption-aws-kms-key-id'];
  await s3.access.onObject(caller, 's3:PutObject', bucket, key, {
    ...(algorithm && { 's3:x-amz-server-side-encryption': algorithm }),
    ...(keyId && { 's3:x-amz-server-side-encryption-aws-kms-key-id': keyId }),
    ...(headers['x-amz-acl'] && { 's3:x-amz-acl': headers['x-amz-acl'] }),
  });
  const encryption = requestedEncryption(algorithm, keyId, headers['x-amz-server-side-encryption-bucket-key-enabled'], bucket.encryption);
  const keyArn = await s3.access.useKey(caller, 'kms:GenerateDataKey', encryption, bucket, key);
  return keyArn ? { ...encryption, keyId: keyArn } : encryption;
}

/** Throws if the condition If-None-Match or If-Match of a write request doesn't hold. */
export function checkWriteConditions({ headers, key }: S3Request, bucket: Bucket): void {
  const current = bucket.find(key);
  const exists = current && !current.deleteMarker;
  if (headers['if-none-match'] === '*' && exists) {
    throw preconditionFailed();
  }
  const expected = headers['if-match'];
  if (expected === undefined) {
    return;
  }
  if (!exists) {
    throw noSuchKey();
  }
  if (!sameEtag(expected, current.etag)) {
    throw preconditionFailed();
  }
}

export function keptHeaders(headers: S3Request['headers']): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => KEPT_HEADERS.test(name)).map(([name, value]) =>
    // aws-chunked is an encoding of the request, not of the object.
    [name, name === 'content-encoding' ? value.split(/,\s*/).filter((encoding) => encoding !== 'aws-chunked').join(',') : value]);
  return Object.fromEntries(kept.filter(([, value]) => value));
}

export function md5Etag(body: Buffer): string {
  return `"${createHash('md5').update(body).digest('hex')}"`;
}

export function encryptionHeaders({ algorithm, keyId, bucketKey }: Encryption): Record<string, string> {
  return {
    'x-amz-server-side-encryption': algorithm,
    ...(keyId && { 'x-amz-server-side-encryption-aws-kms-key-id': keyId }),
    ...(bucketKey && { 'x-amz-server-side-encryption-bucket-key-enabled': 'true' }),
  };
}

export function versionHeader(bucket: Bucket, { versionId }: ObjectVersion): Record<string, string> {
  return bucket.versioning ? { 'x-amz-version-id': versionId } : {};
}

/** Returns the object; rejects if it is a delete marker or the caller may not read it. */
async function findObject(s3: S3Context, caller: Caller, bucket: Bucket, key: string, versionId?: string): Promise<ObjectVersion> {
  const action = versionId === undefined ? 's3:GetObject' : 's3:GetObjectVersion';
  await s3.access.onObject(caller, action, bucket, key, versionId === undefined ? {} : { 's3:VersionId': versionId });
  const object = bucket.find(key, versionId);
  if (!object) {
    throw await s3.access.absent(caller, bucket, versionId === undefined ? noSuchKey() : noSuchVersion());
  }
  if (!object.deleteMarker) {
    return object;
  }
  if (versionId === undefined) {
    throw await s3.access.absent(caller, bucket, noSuchKey());
  }
  throw new ServiceError('MethodNotAllowed', 'The specified method is not allowed against this resource.', 405);
}

function requestedEncryption(
  algorithm: string | undefined, keyId: string | undefined, bucketKey: string | undefined, byDefault: Encryption,
): Encryption {
  if (algorithm === undefined) {
    return byDefault;
  }
  if (algorithm === 'AES256') {
    return { algorithm };
  }
  if (algorithm !== 'aws:kms') {
    throw new ServiceError('InvalidArgument', 'The encryption method specified is not supported');
  }
  const inherited = byDefault.algorithm === 'aws:kms' ? byDefault : undefined;
  return {
    algorithm,
    keyId: keyId ?? inherited?.keyId,
    bucketKey: bucketKey === undefined ? inherited?.bucketKey : bucketKey === 'true',
  };
}

function versionIdOf(request: S3Request): string | undefined {
  return request.query.get('versionId') ?? undefined;
}

/** Returns the response to GetObject or HeadObject. Omits the content if the client already has the object. Throws if If-Match doesn't hold. */
function answerTo(request: S3Request, object: ObjectVersion): WireResponse {
  const { 'if-match': expected, 'if-none-match': known } = request.headers;
  if (expected !== undefined && !sameEtag(expected, object.etag)) {
    throw preconditionFailed();
  }
  const isKnown = known !== undefined && sameEtag(known, object.etag);
  return isKnown ? { status: 304, headers: { etag: object.etag } } : withBody(request, object);
}

function withBody(request: S3Request, object: ObjectVersion): WireResponse {
  const range = parseRange(request.headers.range, object.body.length);
  const body = range ? object.body.subarray(range.start, range.end + 1) : object.body;
  return {
    status: range ? 206 : 200,
    headers: {
      'content-type': 'binary/octet-stream',
      ...object.headers,
      'accept-ranges': 'bytes',
      'content-length': String(body.length),
      'etag': object.etag,
      'last-modified': new Date(object.lastModified).toUTCString(),
      ...(range && { 'content-range': `bytes ${range.start}-${range.end}/${object.body.length}` }),
      ...encryptionHeaders(object.encryption),
      ...(object.versionId !== 'null' && { 'x-amz-version-id': object.versionId }),
    },
    body,
  };
}

/** Parses a Range header for a content of `size` bytes. Returns undefined unless it is a single range of bytes. `end` is inclusive. */
export function parseRange(header: string | undefined, size: number): { readonly start: number; readonly end: number } | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (!match || (match[1] === '' && match[2] === '')) {
    return undefined;
  }
  const [first, last] = [match[1], match[2]];
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (start > end) {
    throw new ServiceError('InvalidRange', 'The requested range is not satisfiable', 416);
  }
  return { start, end };
}

function sameEtag(given: string, etag: string): boolean {
  return given === '*' || given.split(/,\s*/).some((one) => one.replace(/"/g, '') === etag.replace(/"/g, ''));
}

function noSuchKey(): ServiceError {
  return new ServiceError('NoSuchKey', 'The specified key does not exist.', 404);
}

function noSuchVersion(): ServiceError {
  return new ServiceError('NoSuchVersion', 'The specified version does not exist.', 404);
}

function preconditionFailed(): ServiceError {
  return new ServiceError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412);
}
