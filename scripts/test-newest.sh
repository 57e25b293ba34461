#!/usr/bin/env bash
# Runs tests on the newest aws-cdk-lib and constructs, in a copy of the project, so that the project's own installation stays unchanged.
# Arguments are passed to jest. Default: the unit tests, one end-to-end test, and the synthesis of the examples. The end-to-end test enforces the IAM policies.
set -euo pipefail
cd "$(dirname "$0")/.."

copy=$PWD/.newest
rm -rf "$copy"
mkdir "$copy"
trap 'rm -rf "$copy"' EXIT
if [ $# -eq 0 ] && [ -f lib/index.js ]; then
  npm pack --silent --ignore-scripts --pack-destination "$copy" > /dev/null # npm reads every file of the project, so the copy must still be empty
fi
git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t "$copy" 2>/dev/null
cp -al node_modules "$copy/node_modules"        # hard links are safe: npm replaces the files of packages,
rm -f "$copy/node_modules/.package-lock.json" # except for this one, which it writes into
cp -r assets "$copy/assets"
cd "$copy"
npm install --no-save --no-audit --no-fund --legacy-peer-deps aws-cdk-lib@^2 constructs@^10
node -p "'aws-cdk-lib ' + require('aws-cdk-lib/package.json').version + ', constructs ' + require('constructs/package.json').version"
if [ $# -gt 0 ]; then
  npx jest "$@"
  exit
fi

# aws-cdk-lib validates the templates of each synth, which takes most of the time of the tests. So only test/nag and the examples validate.
CDK_VALIDATION=false npx jest --testMatch '<rootDir>/test/src/**/*.test.ts' '<rootDir>/test/e2e/life.long.ts' '<rootDir>/test/nag/*.newest.ts'
if [ -f ../lib/index.js ]; then
  node scripts/check-example-apps.mjs cdk-healthlake-import-*.tgz "$copy/packed-examples"
else
  echo 'examples: skipped, there is no lib/; run npm run compile first'
fi
