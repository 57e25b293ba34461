#!/usr/bin/env bash
# Checks types, code style and import circles. The type check runs beside the other checks, because each uses one core for half a minute.
set -uo pipefail
cd "$(dirname "$0")/.."

{ tsc --noEmit -p tsconfig.dev.json && projen circles; } &
types=$!
status=0
projen eslint || status=$?
wait "$types" || status=$?
exit "$status"
