import { ToolError } from '../cli/errors';

/** A bucket, and a key or a prefix of keys in it. */
export interface S3Location {
  readonly bucket: string;
  readonly key: string;
}

/** Returns whether an argument is meant as an S3 URI. */
export function isS3Uri(argument: string): boolean {
  return argument.startsWith('s3:');
}

/** @throws if the argument is not an S3 URI */
export function parseS3Uri(uri: string): S3Location {
  const [, bucket, key = ''] = /^s3:\/\/([^/]+)(?:\/(.*))?$/s.exec(uri) ?? [];
  if (bucket === undefined) {
    throw new ToolError(`${uri} is not an S3 URI: write s3://BUCKET/PREFIX/`);
  }
  return { bucket, key };
}

export function s3UriOf({ bucket, key }: S3Location): string {
  return `s3://${bucket}/${key}`;
}

/** Returns the location of a folder. Its key ends in `/`, unless it is the bucket itself. */
export function asFolder({ bucket, key }: S3Location): S3Location {
  return { bucket, key: key === '' || key.endsWith('/') ? key : `${key}/` };
}
