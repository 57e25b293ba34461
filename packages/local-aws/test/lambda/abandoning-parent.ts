import { Foundation } from '../foundation';

/** Starts a function, prints the function's process id and directory, and kills this process. The function's process must end too. */
async function main(): Promise<void> {
  const aws = await Foundation.start();
  const arn = await aws.function('abandoned', 'exports.handler = async () => `${process.pid} ${__dirname}`;');
  const { payload } = await aws.lambda.invoke(aws.iam.admin, arn, {});
  process.stdout.write(String(payload));
  process.kill(process.pid, 'SIGKILL');
}

void main();
