import { Demo } from './demo';
import { parseOptions } from './options';
import { QUIET_SDK } from '../../../local-healthlake/src/quiet-sdk';

async function main(): Promise<number> {
  Object.assign(process.env, QUIET_SDK);
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => interrupted.abort()); // again and again: a second Ctrl-C must not leave anything behind
  }
  try {
    const asMeant = await new Demo(parseOptions(process.argv.slice(2)), process.stdout, interrupted.signal).run();
    return asMeant ? 0 : 1;
  } catch (error) {
    if (interrupted.signal.aborted) {
      console.log('\nInterrupted; nothing is left behind.');
      return 130;
    }
    console.error(error instanceof Error ? error.message : error);
    return 1;
  }
}

void main().then((code) => {
  process.exitCode = code;
});
