/**
 * Environment variables that silence one warning of the AWS SDK on Node 20: its versions of 2027 need a newer Node. The warning has no code
 * and no type, so `--disable-warning` would silence all other warnings too.
 */
export const QUIET_SDK = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' } as const;
