import { children, parseXml, text, type XmlElement } from '../../http/xml';
import { ServiceError, type Caller } from '../../service';
import type { Bucket, ObjectVersion } from '../bucket';
import { xmlResponse, type S3Context, type S3Operations } from '../request';

const MAX_KEYS_PER_REQUEST = 1000;

/** The operations that delete objects. */
export const deleteOperations: S3Operations = {
  async DeleteObject(s3, request) {
    const bucket = s3.buckets.get(request.bucket);
    const version = await deleteObject(s3, request.caller, bucket, request.key, request.query.get('versionId') ?? undefined);
    return {
      status: 204,
      headers: {
        ...(version?.deleteMarker && { 'x-amz-delete-marker': 'true' }),
        ...(version && bucket.versioning && { 'x-amz-version-id': version.versionId }),
      },
    };
  },

  async DeleteObjects(s3, request) {
    const bucket = s3.buckets.get(request.bucket);
    const document = parseXml(request.body.toString('utf8')).Delete;
    const objects = children(document, 'Object');
    if (objects.length === 0 || objects.length > MAX_KEYS_PER_REQUEST) {
      throw new ServiceError('MalformedXML', 'The XML you provided was not well-formed or did not validate against our published schema');
    }
    const results = await Promise.all(objects.map((object) =>
      deleteOne(s3, request.caller, bucket, text(object, 'Key') ?? '', text(object, 'VersionId'))));
    const quiet = text(document, 'Quiet') === 'true';
    return xmlResponse('DeleteResult', {
      Deleted: quiet ? [] : results.flatMap<XmlElement>((result) => result.deleted ?? []),
      Error: results.flatMap<XmlElement>((result) => result.error ?? []),
    });
  },
};

/** Deletes one object of a DeleteObjects request. Returns a refusal as an error element instead of throwing it. */
async function deleteOne(
  s3: S3Context, caller: Caller, bucket: Bucket, key: string, versionId: string | undefined,
): Promise<{ readonly deleted?: XmlElement; readonly error?: XmlElement }> {
  try {
    const version = await deleteObject(s3, caller, bucket, key, versionId);
    const marker = version?.deleteMarker ? { DeleteMarker: true, DeleteMarkerVersionId: version.versionId } : {};
    return { deleted: { Key: key, VersionId: versionId, ...marker } };
  } catch (error) {
    if (!(error instanceof ServiceError)) {
      throw error;
    }
    return { error: { Key: key, VersionId: versionId, Code: error.name, Message: error.message } };
  }
}

/** Returns the new delete marker or the removed version. */
async function deleteObject(
  s3: S3Context, caller: Caller, bucket: Bucket, key: string, versionId: string | undefined,
): Promise<ObjectVersion | undefined> {
  if (versionId === undefined) {
    await s3.access.onObject(caller, 's3:DeleteObject', bucket, key);
    return bucket.delete(key, s3.environment.clock.now());
  }
  await s3.access.onObject(caller, 's3:DeleteObjectVersion', bucket, key, { 's3:VersionId': versionId });
  return bucket.remove(key, versionId);
}
