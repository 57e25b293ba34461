#!/usr/bin/env bash
# Checks the published packages: the contents of the npm tarballs, and the examples with the packed library. Also compiles the code that jsii
# generates for the other languages, if this machine has their tools. Needs `lib/` and `.jsii` (npm run compile). Prints each skipped check and the reason.
set -euo pipefail
cd "$(dirname "$0")/.."

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

npm pack --json --ignore-scripts --pack-destination "$out" > "$out/pack.json"
node scripts/check-tarball.mjs "$out/pack.json"
node scripts/check-examples.mjs
node scripts/check-example-apps.mjs "$out"/*.tgz "$out/examples"

mkdir "$out/local-healthlake"
AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED=true node scripts/check-local-healthlake.mjs "$out/local-healthlake"

npx jsii-pacmak . --code-only --outdir "$out/code" --targets python java dotnet go --rosetta-unknown-snippets fail
echo "generated: $(ls "$out/code" | tr '\n' ' ')"

if command -v python3 > /dev/null; then
  python3 -m compileall -q "$out/code/python/src" && echo 'python: compiles'
else
  echo 'python: skipped, this machine has no python3'
fi
if command -v mvn > /dev/null && command -v javac > /dev/null; then
  if (cd "$out/code/java" && mvn -q -B -DskipTests compile > "$out/java.log" 2>&1); then
    echo 'java: compiles'
  elif grep -qE 'Could not (resolve|transfer)|Unknown host' "$out/java.log"; then
    echo 'java: skipped, this machine does not reach a Maven repository'
  else
    cat "$out/java.log"
    exit 1
  fi
else
  echo 'java: skipped, this machine has no Maven or no JDK'
fi
if command -v go > /dev/null; then
  gofmt -l "$out/code/go" > "$out/gofmt.log" && echo 'go: parses'
else
  echo 'go: skipped, this machine has no Go'
fi
command -v dotnet > /dev/null || echo 'dotnet: skipped, this machine has no .NET SDK'
