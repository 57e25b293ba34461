#!/usr/bin/env bash
# Builds the Python package, synthesizes the Python examples with it, and compares their templates with those of the TypeScript examples.
# The templates must be identical except for the hashes of assets. If this machine can't run the check, prints the reason and succeeds.
set -euo pipefail
cd "$(dirname "$0")/.."
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION=true PIP_DISABLE_PIP_VERSION_CHECK=1

skip() {
  echo "python: skipped, $1"
  exit 0
}

# Runs a command, and prints its output only if the command fails.
quietly() {
  "$@" > "$work/log" 2>&1 || { cat "$work/log"; echo "python: failed: $*"; exit 1; }
}

command -v python3 > /dev/null || skip 'this machine has no python3'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv" > /dev/null 2>&1 || skip "this machine's python3 can't make a virtual environment"
python="$work/venv/bin/python"

installed() { node -p "require('$1/package.json').version"; }
constructs="constructs==$(installed constructs)"
"$python" -m pip download --quiet --retries 1 --timeout 20 --no-deps --dest "$work" "$constructs" > /dev/null 2>&1 \
  || skip 'this machine does not reach PyPI'

if [ ! -f .jsii ] || [ -n "$(find src -newer .jsii -print -quit)" ]; then
  quietly npx jsii --silence-warnings=reserved-word # an outdated library would not match the sources
fi
[ -f assets/lambda/index/index.js ] || quietly npm run --silent bundle
quietly npx jsii-pacmak . --targets python --outdir "$work/dist"
quietly "$python" -m pip install "aws-cdk-lib==$(installed aws-cdk-lib)" "$constructs" "$work"/dist/python/*.whl

# templates FROM TO: copies the templates of a cloud assembly, without the hashes of assets.
templates() {
  mkdir -p "$2"
  for template in "$1"/*.template.json; do
    sed -E 's/[0-9a-f]{64}/ASSET/g' "$template" > "$2/$(basename "$template")"
  done
}

for folder in examples/python/*/; do
  name=$(basename "$folder")
  (cd "examples/typescript/$name" && CDK_OUTDIR="$work/$name/typescript" quietly npx tsx app.ts)
  (cd "$folder" && CDK_OUTDIR="$work/$name/python" PYTHONDONTWRITEBYTECODE=1 quietly "$python" app.py)
  templates "$work/$name/typescript" "$work/templates/typescript/$name"
  templates "$work/$name/python" "$work/templates/python/$name"
done
if ! (cd "$work/templates" && diff -r typescript python); then
  echo 'python: failed: the templates differ from those of TypeScript'
  exit 1
fi
echo "python: the templates of the examples are those of TypeScript: $(cd "$work/templates/python" && echo */*)"
