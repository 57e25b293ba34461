import { Foundation } from '../foundation';

/** Starts a function, prints its process id and directory, and is killed. The function must not outlive it. */
async function main(): Promise<void> {
  const aws = await Foundation.start();
  const arn = await aws.function('abandoned', 'exports.handler = async () => `${process.pid} ${__dirname}`;');
  const { payload } = await aws.lambda.invoke(aws.iam.admin, arn, {});
  process.stdout.write(String(payload));
  process.kill(process.pid, 'SIGKILL');
}

void main();
