#!/usr/bin/env bash
# Builds the Python, Java and Go packages, synthesizes the examples with them, and compares the templates with those of the TypeScript examples.
# The templates must be identical except for the hashes of assets. Skips a language that this machine can't check, and prints the reason.
# Needs `.jsii` (npm run compile).
set -euo pipefail
cd "$(dirname "$0")/.."
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION=true PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1

work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
NETWORK='Could not (resolve|transfer)|Unknown host|dial tcp|NewConnectionError|Could not find a version'

# Runs a command, and prints its output only if the command fails. If the reason is that a package registry can't be reached, skips the language instead.
quietly() {
  "$@" > "$work/log" 2>&1 && return
  if grep -qE "$NETWORK" "$work/log"; then
    echo "$language: skipped, this machine does not reach the registry of its packages"
    exit
  fi
  cat "$work/log"
  echo "$language: failed: $*"
  exit 1
}

installed() { node -p "require('$1/package.json').version"; }

# templates FROM TO: copies the templates of a cloud assembly, without the hashes of assets.
templates() {
  mkdir -p "$2"
  for template in "$1"/*.template.json; do
    sed -E 's/[0-9a-f]{64}/ASSET/g' "$template" > "$2/$(basename "$template")"
  done
}

build_python() {
  python3 -m venv "$work/venv"
  quietly "$work/venv/bin/pip" install "aws-cdk-lib==$(installed aws-cdk-lib)" "constructs==$(installed constructs)" "$work/code/python"
}

build_java() {
  quietly mvn -B -f "$work/code/java" deploy "-DaltDeploymentRepository=dist::default::file://$work/dist/java" \
    -DskipTests -Dmaven.javadoc.skip=true -Dmaven.source.skip=true
}

build_go() {
  mkdir -p "$work/dist"
  cp -r "$work/code/go" "$work/dist/go"
}

# check LANGUAGE TOOL...: checks the examples of one language. Runs in a subshell, so that `exit` ends only the check of this language.
check() (
  language=$1
  shift
  for tool in "$@"; do
    command -v "$tool" > /dev/null || { echo "$language: skipped, this machine has no $tool"; exit; }
  done
  "build_$language"
  export PATH="$work/venv/bin:$PATH" GOFLAGS=-mod=mod
  for folder in "$work/examples/$language"/*/; do
    name=$(basename "$folder")
    app=$(node -p "require('$folder/cdk.json').app")
    CDK_OUTDIR="$work/typescript/$name" quietly sh -c "cd 'examples/typescript/$name' && npx tsx app.ts"
    CDK_OUTDIR="$work/$language/$name" quietly sh -c "cd '$folder' && $app"
    templates "$work/typescript/$name" "$work/templates/$language/expected/$name"
    templates "$work/$language/$name" "$work/templates/$language/actual/$name"
  done
  if ! (cd "$work/templates/$language" && diff -r expected actual); then
    echo "$language: failed: the templates differ from those of TypeScript"
    exit 1
  fi
  echo "$language: the templates of the examples are those of TypeScript: $(cd "$work/templates/$language/actual" && echo */*)"
)

cp -r examples "$work/examples"
npx jsii-pacmak . --code-only --outdir "$work/code" --targets python java dotnet go --rosetta-unknown-snippets fail
check python python3
check java mvn javac
check go go
echo 'dotnet: not built'
