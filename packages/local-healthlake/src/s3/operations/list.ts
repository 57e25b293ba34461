import type { Bucket, ObjectVersion } from '../bucket';
import { page, type Page, type PageRequest } from './page';
import type { XmlElement } from '../../http/xml';
import { ServiceError } from '../../service';
import { xmlResponse, type S3Context, type S3Operations, type S3Request } from '../request';

const MAX_PAGE_SIZE = 1000;

/** The operations that list objects. */
export const listOperations: S3Operations = {
  async ListObjectsV2(s3, request) {
    const bucket = await listable(s3, request, 's3:ListBucket');
    const token = request.query.get('continuation-token');
    const found = page(currentObjects(bucket), pageRequest(request, token === null ? request.query.get('start-after') : decodeToken(token)));
    return xmlResponse('ListBucketResult', {
      ...listing(request, found),
      Contents: found.items.map((object) => content(request, object)),
      KeyCount: found.items.length + found.commonPrefixes.length,
      ContinuationToken: token ?? undefined,
      NextContinuationToken: found.next === undefined ? undefined : Buffer.from(found.next, 'utf8').toString('base64'),
      StartAfter: encoded(request, request.query.get('start-after') ?? undefined),
    });
  },

  async ListObjects(s3, request) {
    const bucket = await listable(s3, request, 's3:ListBucket');
    const found = page(currentObjects(bucket), pageRequest(request, request.query.get('marker')));
    return xmlResponse('ListBucketResult', {
      ...listing(request, found),
      Contents: found.items.map((object) => content(request, object)),
      Marker: encoded(request, request.query.get('marker') ?? ''),
      NextMarker: encoded(request, found.next),
    });
  },

  async ListObjectVersions(s3, request) {
    const bucket = await listable(s3, request, 's3:ListBucketVersions');
    const keyMarker = request.query.get('key-marker') ?? '';
    const found = page(allVersions(bucket), pageRequest(request, versionName(bucket, keyMarker, request.query.get('version-id-marker'))));
    const last = found.items[found.items.length - 1];
    const shown = (version: ObjectVersion): XmlElement => ({
      ...content(request, version), VersionId: version.versionId, IsLatest: bucket.find(version.key) === version,
    });
    return xmlResponse('ListVersionsResult', {
      ...listing(request, found),
      KeyMarker: encoded(request, keyMarker),
      NextKeyMarker: encoded(request, found.next?.split(VERSION_SEPARATOR)[0]),
      NextVersionIdMarker: found.next?.includes(VERSION_SEPARATOR) ? last.versionId : undefined,
      Version: found.items.filter((version) => !version.deleteMarker).map(shown),
      DeleteMarker: found.items.filter((version) => version.deleteMarker).map(shown).map(({ ETag, Size, StorageClass, ...marker }) => marker),
    });
  },
};

async function listable(s3: S3Context, request: S3Request, action: string): Promise<Bucket> {
  const bucket = s3.buckets.get(request.bucket);
  const asked = ['prefix', 'delimiter', 'max-keys'].flatMap((name) => {
    const value = request.query.get(name);
    return value === null ? [] : [[`s3:${name}`, value]];
  });
  await s3.access.onBucket(request.caller, action, bucket, Object.fromEntries(asked));
  return bucket;
}

function pageRequest({ query }: S3Request, after: string | null): PageRequest {
  const maxKeys = Number(query.get('max-keys') ?? MAX_PAGE_SIZE);
  if (!Number.isInteger(maxKeys) || maxKeys < 0) {
    throw new ServiceError('InvalidArgument', 'Provided max-keys not an integer or within integer range');
  }
  return {
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    after: after ?? '',
    maxKeys: Math.min(maxKeys, MAX_PAGE_SIZE),
  };
}

function* currentObjects(bucket: Bucket): Iterable<readonly [string, ObjectVersion]> {
  for (const key of bucket.keys()) {
    const object = bucket.find(key);
    if (object && !object.deleteMarker) {
      yield [key, object];
    }
  }
}

/**
 * Separates the key from the version number in the names by which ListObjectVersions sorts. This character sorts before every other character, so the
 * versions of a key precede the versions of longer keys.
 */
const VERSION_SEPARATOR = '\u0000';

function* allVersions(bucket: Bucket): Iterable<readonly [string, ObjectVersion]> {
  for (const key of bucket.keys()) {
    for (const [index, version] of bucket.versions(key).entries()) {
      yield [`${key}${VERSION_SEPARATOR}${String(index).padStart(9, '0')}`, version];
    }
  }
}

/**
 * Returns the name after which a page of ListObjectVersions starts: the name of this version or, if the key has no such version, a name that sorts after
 * all versions of the key. Returns an empty string for the first page.
 */
function versionName(bucket: Bucket, key: string, versionId: string | null): string {
  if (key === '') {
    return '';
  }
  const index = bucket.versions(key).findIndex((version) => version.versionId === versionId);
  return `${key}${VERSION_SEPARATOR}${index < 0 ? '9' : String(index).padStart(9, '0')}`;
}

function listing(request: S3Request, found: Page<ObjectVersion>): XmlElement {
  const { prefix, delimiter, maxKeys } = pageRequest(request, null);
  return {
    Name: request.bucket,
    Prefix: encoded(request, prefix),
    Delimiter: delimiter === '' ? undefined : encoded(request, delimiter),
    MaxKeys: maxKeys,
    EncodingType: request.query.get('encoding-type') ?? undefined,
    IsTruncated: found.next !== undefined,
    CommonPrefixes: found.commonPrefixes.map((name) => ({ Prefix: encoded(request, name) })),
  };
}

function content(request: S3Request, object: ObjectVersion): XmlElement {
  return {
    Key: encoded(request, object.key),
    LastModified: new Date(object.lastModified).toISOString(),
    ETag: object.etag,
    Size: object.body.length,
    StorageClass: 'STANDARD',
  };
}

function encoded(request: S3Request, name: string | undefined): string | undefined {
  return name !== undefined && request.query.get('encoding-type') === 'url' ? encodeURIComponent(name).replace(/%2F/g, '/') : name;
}

function decodeToken(token: string): string {
  const name = Buffer.from(token, 'base64').toString('utf8');
  if (name === '' || Buffer.from(name, 'utf8').toString('base64') !== token) {
    throw new ServiceError('InvalidArgument', 'The continuation token provided is incorrect');
  }
  return name;
}
