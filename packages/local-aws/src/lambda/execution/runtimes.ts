import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { QUIET_SDK } from '../../../../local-healthlake/src/quiet-sdk';

/** The command of the processes that run a function's code. */
export interface Runtime {
  readonly executable: string;
  readonly args: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
}

const FOLDER = join(__dirname, 'runtime');
const PRELOADS = ['response-bucket.cjs', 'scaled-time.cjs'].flatMap((file) => ['--require', join(FOLDER, file)]);

export const NODE: Runtime = {
  executable: process.execPath,
  args: [...PRELOADS, join(FOLDER, 'bootstrap.cjs')],
  variables: {
    // Silences the AWS SDK's warning about the Node.js version of the machine.
    ...QUIET_SDK,
    // The project's `node_modules`, from which functions load the AWS SDK of the Lambda runtime.
    NODE_PATH: dirname(dirname(dirname(require.resolve('@aws-sdk/client-lambda/package.json')))),
  },
};

const FIND_BOTO3 = 'import boto3, sys; print(sys.executable, boto3.__path__[0], sep="\\n")';

/** Returns the runtime of Python functions. Returns undefined if the machine has no such Python, or if that Python has no boto3. */
export async function findPython(command: string): Promise<Runtime | undefined> {
  try {
    const { stdout } = await promisify(execFile)(command, ['-c', FIND_BOTO3]);
    const [executable, boto3] = stdout.trim().split('\n');
    return { executable, args: ['-u', join(FOLDER, 'bootstrap.py')], variables: { PYTHONPATH: dirname(boto3) } };
  } catch {
    return undefined;
  }
}
