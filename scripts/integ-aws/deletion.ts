import {
  DeleteBucketCommand, DeleteObjectsCommand, ListObjectVersionsCommand, type ObjectIdentifier, type S3Client, S3ServiceException,
} from '@aws-sdk/client-s3';
import type { S3Place } from './aws/objects';

/** Deletes all objects under a prefix, with all their versions. */
export async function deleteObjects(s3: S3Client, { bucket, key: prefix }: S3Place): Promise<void> {
  for (;;) {
    const { Versions: versions = [], DeleteMarkers: markers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix }));
    const objects: ObjectIdentifier[] = [...versions, ...markers].map(({ Key, VersionId }) => ({ Key, VersionId }));
    if (objects.length === 0) {
      return;
    }
    const { Errors: errors = [] } = await s3.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: objects, Quiet: true } }));
    if (errors.length > 0) {
      throw new Error(`S3 did not delete ${errors.length} objects of ${bucket}: ${errors[0].Code}; delete them and run this again`);
    }
  }
}

/** Deletes a bucket with everything in it; it may be gone already. */
export async function deleteBucket(s3: S3Client, bucket: string): Promise<void> {
  try {
    await deleteObjects(s3, { bucket, key: '' });
    await s3.send(new DeleteBucketCommand({ Bucket: bucket }));
  } catch (error) {
    if (!(error instanceof S3ServiceException && error.name === 'NoSuchBucket')) {
      throw error;
    }
  }
}
