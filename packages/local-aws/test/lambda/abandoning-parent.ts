import { Foundation } from '../foundation';

/** Starts a function with the runtime of the first argument, prints the process id and directory of the function, and kills this process. */
async function main(): Promise<void> {
  const aws = await Foundation.start();
  const Runtime = process.argv[2];
  const arn = await aws.function('abandoned', {
    'index.js': 'exports.handler = async () => `${process.pid} ${__dirname}`;',
    'index.py': 'import os\ndef handler(event, context): return f"{os.getpid()} {os.getcwd()}"',
  }, { Runtime });
  const { payload } = await aws.lambda.invoke(aws.iam.admin, arn, {});
  process.stdout.write(String(payload));
  process.kill(process.pid, 'SIGKILL');
}

void main();
