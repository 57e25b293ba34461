import type { Bucket } from './bucket';
import type { S3Request } from './request';
import { renderXml } from '../http/xml';
import type { WireResponse } from '../service';

/**
 * Where S3 sends whoever asks in another Region than the bucket's, with or without permission; undefined if the question is answered where
 * it was asked. GetBucketLocation is answered everywhere.
 *
 * @param signedFor the Region of the signature.
 */
export function redirectOf(bucket: Bucket | undefined, operation: S3Request['operation'], signedFor: string): WireResponse | undefined {
  if (bucket?.region === undefined || bucket.region === signedFor || operation === 'GetBucketLocation') {
    return undefined;
  }
  return {
    status: 301,
    headers: { 'content-type': 'application/xml', 'x-amz-bucket-region': bucket.region },
    body: renderXml({
      Error: {
        Code: 'PermanentRedirect',
        Message: 'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.',
        Endpoint: `${bucket.name}.s3.${bucket.region}.amazonaws.com`,
        Bucket: bucket.name,
      },
    }),
  };
}
