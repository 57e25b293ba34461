import { parseArgs } from 'node:util';
import { Demo } from './demo';
import { QUIET_SDK } from '../../../local-healthlake/src/quiet-sdk';
import { NO_AWS_FILES } from '../aws';
import { withoutAwsSettings } from '../cdk-cli';

async function main(): Promise<number> {
  // The SDK clients of this process would use the user's AWS settings. Some of these settings, such as FIPS endpoints, don't work with the local AWS.
  process.env = { ...withoutAwsSettings(process.env), ...NO_AWS_FILES, ...QUIET_SDK };
  const ended = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => ended.abort(signal)); // `on`, not `once`: a second Ctrl-C must not end the process before the clean-up
  }
  for (const output of [process.stdout, process.stderr]) {
    output.on('error', (error) => ended.abort(error));
  }
  try {
    const { values } = parseArgs({ options: { 'bad-data': { type: 'boolean', default: false } } });
    const isExpected = await new Demo({ badData: values['bad-data'] }, process.stdout, ended.signal).run();
    return isExpected ? 0 : 1;
  } catch (error) {
    const { aborted, reason } = ended.signal;
    if (aborted && typeof reason === 'string') {
      console.log('\nInterrupted; everything is cleaned up.');
      return 130;
    }
    if ((reason as NodeJS.ErrnoException | undefined)?.code === 'EPIPE') {
      return 0; // the program that reads the output, such as `head -1`, has closed the pipe, which is no failure
    }
    console.error(error instanceof Error ? error.message : error);
    return 1;
  }
}

void main().then((code) => {
  process.exitCode = code;
});
