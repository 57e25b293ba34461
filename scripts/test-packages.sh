#!/usr/bin/env bash
# Checks the published packages: the contents of the npm tarballs, the examples with the packed library, and the packages of the other
# languages. Needs `lib/` and `.jsii` (npm run compile).
set -euo pipefail
cd "$(dirname "$0")/.."

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

npm pack --json --ignore-scripts --pack-destination "$out" > "$out/pack.json"
node scripts/check-tarball.mjs "$out/pack.json"
node scripts/check-examples.mjs
node scripts/check-example-apps.mjs "$out"/*.tgz "$out/examples"

mkdir "$out/healthlake-tools"
node scripts/check-healthlake-tools.mjs "$out/healthlake-tools"

mkdir "$out/local-healthlake"
AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED=true node scripts/check-local-healthlake.mjs "$out/local-healthlake"

scripts/test-languages.sh
