import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';
import type { Location } from './location';
import { normalizePrefix } from '../../private/s3-location';

/** Returns the output location of a job. Throws if the prefix is invalid. */
export function outputLocation({ node }: IConstruct, bucket: s3.IBucket, outputPrefix?: string): Location {
  const defaultPrefix = `${node.id.replace(/[^A-Za-z0-9]+/g, '-').slice(0, 40)}-${node.addr.slice(-8)}/`;
  return { bucket, prefix: normalizePrefix(outputPrefix ?? defaultPrefix, 'outputPrefix') };
}
