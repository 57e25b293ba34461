import { setTimeout as pause } from 'node:timers/promises';
import { EXIT } from './cli/console';
import { sentenceOf } from './cli/errors';
import { run } from './program';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'; // hides the SDK's warning about old versions of Node.js

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') {
    setImmediate(() => process.exit()); // a reader such as `head` closes the pipe early, and the command still sets its exit code
    return;
  }
  process.stderr.write(`healthlake: ${sentenceOf(Object.assign(error, { path: 'stdout' }))}\n`);
  process.exit(EXIT.failed);
});
process.stderr.on('error', () => process.exit(EXIT.failed));

void run(process.argv.slice(2), { stdout: process.stdout, stderr: process.stderr, pause }).then((code) => {
  process.exitCode = code;
});
