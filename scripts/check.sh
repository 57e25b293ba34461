#!/usr/bin/env bash
# Checks types, code style and import circles. The type check runs beside the other checks, because both take longer than ten seconds.
set -uo pipefail
cd "$(dirname "$0")/.."

{ node node_modules/typescript-7/bin/tsc --noEmit -p tsconfig.dev.json && projen circles; } &
types=$!
status=0
projen eslint || status=$?
wait "$types" || status=$?
exit "$status"
