import { HealthLakeClient } from '@aws-sdk/client-healthlake';
import { S3Client } from '@aws-sdk/client-s3';

/** The options that select an account, a Region and a server, with the names that the AWS CLI gives them. */
export interface AwsOptions {
  readonly profile?: string;
  readonly region?: string;
  readonly endpointUrl?: string;
}

/**
 * Returns the configuration of a client. The SDK resolves credentials, Region and endpoint, as the AWS CLI does. Unlike the AWS CLI, the SDK doesn't read
 * AWS_DEFAULT_REGION.
 */
function configOf({ profile, region, endpointUrl: endpoint }: AwsOptions) {
  return {
    ...(profile !== undefined && { profile }),
    region: region ?? process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION,
    ...(endpoint !== undefined && { endpoint }),
    maxAttempts: 5, // --watch calls for hours, and AWS can throttle several attempts in a row
    // Without `throwOnRequestTimeout`, the SDK only logs a warning when a request times out.
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 60_000, throwOnRequestTimeout: true },
  };
}

export function healthLakeClient(options: AwsOptions): HealthLakeClient {
  return new HealthLakeClient(configOf(options));
}

export function s3Client(options: AwsOptions): S3Client {
  return new S3Client({
    ...configOf(options),
    // A server other than AWS may know no host names of buckets.
    forcePathStyle: [options.endpointUrl, process.env.AWS_ENDPOINT_URL_S3, process.env.AWS_ENDPOINT_URL].some((url) => url !== undefined),
    followRegionRedirects: true, // as the AWS CLI does for a bucket in another Region
  });
}
