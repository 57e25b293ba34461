import { ComputeHarness } from '../compute-harness';

/** Starts a function and is killed: the process, whose id and directory it prints, must not outlive it. */
async function main(): Promise<void> {
  const aws = await ComputeHarness.start();
  const arn = await aws.function('abandoned', 'exports.handler = async () => `${process.pid} ${__dirname}`;');
  const { payload } = await aws.lambda.invoke(aws.iam.admin, arn, {});
  process.stdout.write(String(payload));
  process.kill(process.pid, 'SIGKILL');
}

void main();
