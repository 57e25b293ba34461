import { HealthLakeClient } from '@aws-sdk/client-healthlake';
import { S3Client } from '@aws-sdk/client-s3';

/** The options that select an account, a Region and a server, with the names that the AWS CLI gives them. */
export interface AwsOptions {
  readonly profile?: string;
  readonly region?: string;
  readonly endpointUrl?: string;
}

/** A logger that drops all messages. With `--profile`, the SDK warns on the console about credentials in the environment, which the AWS CLI ignores too. */
const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/**
 * Returns the configuration of a client. The SDK resolves credentials, Region and endpoint as the AWS CLI does, with two exceptions: the SDK doesn't read
 * AWS_DEFAULT_REGION, and it prefers AWS_PROFILE to the access key in the environment. So this function reads these variables itself.
 */
function configOf({ profile, region, endpointUrl: endpoint }: AwsOptions) {
  if (profile !== undefined) {
    process.env.AWS_PROFILE = profile; // the SDK doesn't read `endpoint_url` from the profile that a client's configuration names
  }
  return {
    ...(profile === undefined ? { credentials: environmentCredentials() } : { profile }),
    logger: SILENT,
    region: region || process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION || undefined, // an empty variable is no Region
    ...(endpoint !== undefined && { endpoint }),
    maxAttempts: 5, // `jobs --watch` may call AWS for hours, and AWS can throttle several attempts in a row
    // Without `throwOnRequestTimeout`, the SDK only logs a warning when a request times out.
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 60_000, throwOnRequestTimeout: true },
  };
}

function environmentCredentials(): { accessKeyId: string; secretAccessKey: string; sessionToken?: string } | undefined {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken } = process.env;
  return accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey, sessionToken } : undefined;
}

export function healthLakeClient(options: AwsOptions): HealthLakeClient {
  return new HealthLakeClient(configOf(options));
}

export function s3Client(options: AwsOptions): S3Client {
  return new S3Client({
    ...configOf(options),
    // A server other than AWS may not support host names of buckets.
    forcePathStyle: [options.endpointUrl, process.env.AWS_ENDPOINT_URL_S3, process.env.AWS_ENDPOINT_URL].some((url) => url !== undefined),
    followRegionRedirects: true, // as the AWS CLI does for a bucket in another Region
  });
}
