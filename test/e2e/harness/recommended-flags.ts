import { readFileSync } from 'node:fs';

/** The feature flags that `cdk init` writes into cdk.json, at their recommended values. */
export const RECOMMENDED_FLAGS = JSON.parse(readFileSync(require.resolve('aws-cdk-lib/recommended-feature-flags.json'), 'utf8')) as Record<string, unknown>;
