/**
 * Environment variables that hide one warning of the AWS SDK. On Node 20, the SDK warns that its versions of 2027 need a newer Node. The warning
 * has no code and no type, so `--disable-warning` would hide all other warnings too.
 */
export const QUIET_SDK = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' } as const;
