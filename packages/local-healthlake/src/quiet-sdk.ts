/**
 * Environment in which the AWS SDK doesn't warn on Node 20 that its versions of 2027 will need a newer one. To Node that warning
 * has neither a code nor a type of its own, so `--disable-warning` would take all others with it.
 */
export const QUIET_SDK = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' } as const;
