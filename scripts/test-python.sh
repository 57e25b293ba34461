#!/usr/bin/env bash
# Builds the Python package, synthesizes the Python quickstart with it, and compares the templates with those of the TypeScript quickstart.
# They must be identical except for the hashes of assets. If this machine lacks a tool, it prints the reason and succeeds.
set -euo pipefail
cd "$(dirname "$0")/.."
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION=true PIP_DISABLE_PIP_VERSION_CHECK=1

skip() {
  echo "python: skipped, $1"
  exit 0
}

# Runs a command; prints its output only if it fails.
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
  || skip 'this machine can't reach PyPI'

if [ ! -f .jsii ] || [ -n "$(find src -newer .jsii -print -quit)" ]; then
  quietly npx jsii --silence-warnings=reserved-word # an outdated library would not match the sources
fi
[ -f assets/lambda/index/index.js ] || quietly npm run --silent bundle
quietly npx jsii-pacmak . --targets python --outdir "$work/dist"
quietly "$python" -m pip install "aws-cdk-lib==$(installed aws-cdk-lib)" "$constructs" "$work"/dist/python/*.whl

(cd examples/quickstart && CDK_OUTDIR="$work/typescript" quietly npx tsx app.ts)
(cd examples/quickstart-python && CDK_OUTDIR="$work/python" PYTHONDONTWRITEBYTECODE=1 quietly "$python" app.py)

# Copies the templates, with the hashes of assets replaced.
templates() {
  mkdir "$work/$1-templates"
  for template in "$work/$1"/*.template.json; do
    sed -E 's/[0-9a-f]{64}/ASSET/g' "$template" > "$work/$1-templates/$(basename "$template")"
  done
}
templates typescript
templates python
if ! (cd "$work" && diff -r typescript-templates python-templates); then
  echo 'python: failed: the templates differ from the TypeScript ones'
  exit 1
fi
echo "python: the quickstart's templates equal the TypeScript ones: $(cd "$work/python-templates" && echo *)"
