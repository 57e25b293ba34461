import { spawnSync } from 'node:child_process';

const hasPython = spawnSync('python3', ['-c', 'import boto3']).status === 0;

if (!hasPython) {
  process.stderr.write('skipped: tests of Python functions, because python3 or boto3 is missing\n');
}

/** Defines a group of tests that need Python. Skips them if the machine has no Python. */
export const describeWithPython = hasPython ? describe : describe.skip;
