import { Token } from 'aws-cdk-lib';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';
import type { Location } from '../../private/s3-location';
import { isSameBucket, normalizePrefix } from '../../private/s3-location';

/**
 * Returns the location of the results.
 *
 * @throws if the prefix is invalid, or if the results would be inside the input location.
 */
export function outputLocation(scope: IConstruct, bucket: s3.IBucket, input: Location, outputPrefix?: string): Location {
  const prefix = normalizePrefix(outputPrefix ?? defaultPrefix(scope), 'outputPrefix');
  const comparable = !Token.isUnresolved(input.prefix) && !Token.isUnresolved(prefix);
  if (comparable && prefix.startsWith(input.prefix) && isSameBucket(input.bucket, bucket)) {
    throw new Error(`the results would be written into the input: outputPrefix "${prefix}" is inside the source's prefix `
      + `"${input.prefix}" of the same bucket; give them different folders`);
  }
  return { bucket, prefix };
}

function defaultPrefix({ node }: IConstruct): string {
  return `${node.id.replace(/[^A-Za-z0-9]+/g, '-').slice(0, 40)}-${node.addr.slice(-8)}/`;
}
