/** A bucket and a key or prefix in it. */
export interface S3Location {
  readonly bucket: string;
  readonly key: string;
}

/** Reads `s3://bucket/key`; what the API model's pattern lets through is well-formed. */
export function parseS3Uri(uri: string): S3Location {
  const [bucket, ...key] = uri.slice('s3://'.length).split('/');
  return { bucket, key: key.join('/') };
}

/** The inverse of `parseS3Uri`. */
export function s3Uri(location: S3Location): string {
  return `s3://${location.bucket}/${location.key}`;
}

/** HealthLake writes into a folder, whether or not the location was given with the slash at its end. */
export function asFolder(location: S3Location): S3Location {
  const complete = location.key === '' || location.key.endsWith('/');
  return complete ? location : { ...location, key: `${location.key}/` };
}

/** Where in the folder of the prefix an object lies; the prefix itself is a string prefix, as S3 has it. */
export function pathBelow(prefix: string, key: string): string {
  return key.slice(prefix.lastIndexOf('/') + 1);
}
