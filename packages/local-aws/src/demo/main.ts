import { parseArgs } from 'node:util';
import { Demo } from './demo';
import { QUIET_SDK } from '../../../local-healthlake/src/quiet-sdk';

async function main(): Promise<number> {
  Object.assign(process.env, QUIET_SDK);
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => interrupted.abort()); // `on`, not `once`: a second Ctrl-C must not end the process before the clean-up
  }
  try {
    const { values } = parseArgs({ options: { 'bad-data': { type: 'boolean', default: false } } });
    const isExpected = await new Demo({ badData: values['bad-data'] }, process.stdout, interrupted.signal).run();
    return isExpected ? 0 : 1;
  } catch (error) {
    if (interrupted.signal.aborted) {
      console.log('\nInterrupted; everything is cleaned up.');
      return 130;
    }
    console.error(error instanceof Error ? error.message : error);
    return 1;
  }
}

void main().then((code) => {
  process.exitCode = code;
});
