import { createHash } from 'node:crypto';
import type { Bucket, Encryption, ObjectVersion } from '../bucket';
import { parseRange } from './range';
import { ServiceError, type Caller, type WireResponse } from '../../service';
import { empty, type S3Context, type S3Operations, type S3Request } from '../request';

/** Headers that are kept with an object and come back with it. */
const KEPT_HEADERS = /^(x-amz-meta-.*|x-amz-website-redirect-location|content-(type|disposition|language|encoding)|cache-control|expires)$/;

/** GetObject, HeadObject, PutObject. */
export const objectOperations: S3Operations = {
  async GetObject(s3, request) {
    const bucket = s3.buckets.get(request.bucket);
    const object = await readObject(s3, request.caller, bucket, request.key, request.query.get('versionId') ?? undefined);
    return conditional(request, object) ?? withBody(request, object);
  },

  async HeadObject(s3, request) {
    const bucket = s3.buckets.get(request.bucket);
    const object = await findObject(s3, request.caller, bucket, request.key, request.query.get('versionId') ?? undefined);
    return conditional(request, object) ?? withBody(request, object);
  },

  async PutObject(s3, request) {
    const bucket = s3.buckets.get(request.bucket);
    const encryption = await authorizePut(s3, request, bucket);
    checkWriteConditions(request, bucket);
    const object = bucket.put(request.key, {
      deleteMarker: false,
      body: request.body,
      etag: md5Etag(request.body),
      lastModified: s3.environment.clock.now(),
      headers: keptHeaders(request.headers),
      encryption,
    });
    return empty({ etag: object.etag, ...encryptionHeaders(object.encryption), ...versionHeader(bucket, object) });
  },
};

/** The object with its content, if the caller may read and decrypt it. */
export async function readObject(s3: S3Context, caller: Caller, bucket: Bucket, key: string, versionId?: string): Promise<ObjectVersion> {
  const object = await findObject(s3, caller, bucket, key, versionId);
  await s3.access.useKey(caller, 'kms:Decrypt', object.encryption, bucket, key);
  return object;
}

/** Decides how a new object is encrypted and whether the caller may write it and use the key for it. */
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

/** Refuses a write whose If-None-Match or If-Match doesn't hold. */
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
    // The framing of the body in transit is not part of the object.
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

/** The object, delete markers apart, if the caller may read it. */
export async function findObject(s3: S3Context, caller: Caller, bucket: Bucket, key: string, versionId?: string): Promise<ObjectVersion> {
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

/** The answer to a read whose condition says that no content is wanted. */
function conditional({ headers }: S3Request, object: ObjectVersion): WireResponse | undefined {
  const expected = headers['if-match'];
  if (expected !== undefined && !sameEtag(expected, object.etag)) {
    throw preconditionFailed();
  }
  const known = headers['if-none-match'];
  return known !== undefined && sameEtag(known, object.etag) ? { status: 304, headers: { etag: object.etag } } : undefined;
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
