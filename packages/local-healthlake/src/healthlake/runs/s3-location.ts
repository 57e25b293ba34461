/** A bucket, and a key or prefix in it. */
export interface S3Location {
  readonly bucket: string;
  readonly key: string;
}

/** Parses `s3://bucket/key`. The API model's pattern has checked the form. */
export function parseS3Uri(uri: string): S3Location {
  const [bucket, ...key] = uri.slice('s3://'.length).split('/');
  return { bucket, key: key.join('/') };
}

export function s3Uri(location: S3Location): string {
  return `s3://${location.bucket}/${location.key}`;
}

/** Returns the location with a slash at its end, because HealthLake always writes into a folder. */
export function asFolder(location: S3Location): S3Location {
  const isFolder = location.key === '' || location.key.endsWith('/');
  return isFolder ? location : { ...location, key: `${location.key}/` };
}

/** Returns the part of a key after the last slash of the prefix: `in-1/a.ndjson` for the prefix `data/in-` and the key `data/in-1/a.ndjson`. */
export function pathBelow(prefix: string, key: string): string {
  return key.slice(prefix.lastIndexOf('/') + 1);
}
