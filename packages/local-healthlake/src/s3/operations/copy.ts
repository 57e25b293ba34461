import type { ObjectVersion } from '../bucket';
import { authorizePut, checkWriteConditions, encryptionHeaders, keptHeaders, readObject, versionHeader } from './objects';
import { ServiceError } from '../../service';
import { bucketAndKey } from '../operation-name';
import { xmlResponse, type S3Context, type S3Operations, type S3Request } from '../request';

/** CopyObject. */
export const copyOperations: S3Operations = {
  async CopyObject(s3, request) {
    const source = await readCopySource(s3, request);
    const bucket = s3.buckets.get(request.bucket);
    const encryption = await authorizePut(s3, request, bucket);
    checkWriteConditions(request, bucket);
    const replaced = request.headers['x-amz-metadata-directive'] === 'REPLACE';
    const object = bucket.put(request.key, {
      deleteMarker: false,
      body: source.body,
      etag: source.etag,
      lastModified: s3.environment.clock.now(),
      headers: replaced ? keptHeaders(request.headers) : source.headers,
      encryption,
    });
    const response = xmlResponse('CopyObjectResult', { ETag: object.etag, LastModified: new Date(object.lastModified).toISOString() });
    return { ...response, headers: { ...response.headers, ...encryptionHeaders(encryption), ...versionHeader(bucket, object) } };
  },
};

/** The object that the x-amz-copy-source header names, if the caller may read it. */
export async function readCopySource(s3: S3Context, request: S3Request): Promise<ObjectVersion> {
  const [path, parameters] = (request.headers['x-amz-copy-source'] ?? '').split('?');
  const { bucket, key } = bucketAndKey(`/${decodeURIComponent(path).replace(/^\//, '')}`);
  if (!bucket || !key) {
    throw new ServiceError('InvalidArgument', 'Copy Source must mention the source bucket and key: sourcebucket/sourcekey');
  }
  const versionId = new URLSearchParams(parameters).get('versionId') ?? undefined;
  return readObject(s3, request.caller, s3.buckets.get(bucket), key, versionId);
}
