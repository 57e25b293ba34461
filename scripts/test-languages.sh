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
  "$@" > "$work/$language.log" 2>&1 && return
  if grep -qE "$NETWORK" "$work/$language.log"; then
    echo "$language: skipped, this machine does not reach the registry of its packages"
    exit
  fi
  cat "$work/$language.log"
  echo "$language: failed: $*"
  exit 1
}

installed() { node -p "require('$1/package.json').version"; }

# synth APP OUTPUT: synthesizes an app into OUTPUT, and copies its templates into OUTPUT.templates, without the hashes of assets.
synth() {
  CDK_OUTDIR="$2" quietly sh -c "cd '$1' && $(node -p "require('$(realpath "$1")/cdk.json').app")"
  mkdir -p "$2.templates"
  for template in "$2"/*.template.json; do
    sed -E 's/[0-9a-f]{64}/ASSET/g' "$template" > "$2.templates/$(basename "$template")"
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

# check LANGUAGE TOOL...: runs in a subshell, so that a skipped language ends nothing else.
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
    synth "$folder" "$work/$language/$name"
    if ! diff -r "$work/typescript/$name.templates" "$work/$language/$name.templates"; then
      echo "$language: failed: the templates of $name differ from those of TypeScript"
      exit 1
    fi
  done
  echo "$language: the templates are those of TypeScript: $(cd "$work/$language" && echo *.templates/*)"
)

cp -r examples "$work/examples"
npx jsii-pacmak . --code-only --outdir "$work/code" --targets python java dotnet go --rosetta-unknown-snippets fail
language=typescript
for name in quickstart detached jobs export repository; do synth "examples/typescript/$name" "$work/typescript/$name"; done

check python python3 & python=$!
check java mvn javac & java=$!
check go go & go=$!
failed=0
for pid in $python $java $go; do wait "$pid" || failed=1; done
echo 'dotnet: not built'
exit "$failed"
