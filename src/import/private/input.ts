import { Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { listPrefix, type Location } from '../../jobs/private/location';
import { isSameBucket } from '../../private/s3-location';

/**
 * Returns the statements for the checks of the input before the start of a job, and for its comparison with an adopted job. Both read names, sizes and times of
 * objects and the Region of the bucket, but no content of objects. The policy of a bucket in another account needs these statements too.
 */
export function inputChecks(input: Location, sids: { readonly list?: string; readonly locate?: string } = {}): iam.PolicyStatement[] {
  return [
    listPrefix(input, sids.list),
    new iam.PolicyStatement({ sid: sids.locate, actions: ['s3:GetBucketLocation'], resources: [input.bucket.bucketArn] }),
  ];
}

/** Throws if the results would be inside the input location. */
export function validateOutsideInput(input: Location, output: Location): void {
  const comparable = !Token.isUnresolved(input.prefix) && !Token.isUnresolved(output.prefix);
  if (comparable && output.prefix.startsWith(input.prefix) && isSameBucket(input.bucket, output.bucket)) {
    throw new Error(`the results would be written into the input: outputPrefix "${output.prefix}" is inside the source's prefix `
      + `"${input.prefix}" of the same bucket; give them different folders`);
  }
}
