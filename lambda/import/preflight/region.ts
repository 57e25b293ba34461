/**
 * The Region that GetBucketLocation names: nothing stands for the oldest one, and `EU` for what old buckets of the second were made in.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html
 */
export function regionOf(locationConstraint: string | undefined): string {
  return locationConstraint === 'EU' ? 'eu-west-1' : locationConstraint || 'us-east-1';
}

/** The Region that S3 tells whom it refuses: who asks in another Region is sent on, whatever they may do there. */
export function regionInRefusal(error: unknown): string | undefined {
  const { $response } = Object(error) as { readonly $response?: { readonly headers?: Readonly<Record<string, string>> } };
  return $response?.headers?.['x-amz-bucket-region'];
}
