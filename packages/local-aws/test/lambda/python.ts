import { spawnSync } from 'node:child_process';

const hasPython = spawnSync('python3', ['-c', 'import boto3']).status === 0;

if (!hasPython) {
  process.stderr.write('skipped: tests of Python functions, because python3 or boto3 is missing\n');
}

/** Defines a group of tests that the machine can run only with Python. */
export const describeWithPython = hasPython ? describe : describe.skip;
