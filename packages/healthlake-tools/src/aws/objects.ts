import { paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { calling } from './errors';
import { type S3Location, s3UriOf } from './s3-uri';

/** An object of a listing. */
export interface ListedObject {
  readonly key: string;
  readonly size: number;
}

/** Lists all objects whose keys start with a prefix, in the order of their keys. */
export async function listObjects(s3: S3Client, { bucket, key }: S3Location): Promise<ListedObject[]> {
  return calling(`${s3UriOf({ bucket, key })} can't be listed`, async () => {
    const objects: ListedObject[] = [];
    for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: key })) {
      objects.push(...Contents.map(({ Key, Size = 0 }) => ({ key: Key!, size: Size })));
    }
    return objects;
  });
}
