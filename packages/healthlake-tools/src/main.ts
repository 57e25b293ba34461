import { setTimeout as pause } from 'node:timers/promises';
import { run } from './program';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'; // hides the SDK's warning about old versions of Node.js

// A reader such as `head` closes the pipe early. This is not an error of the tool.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') {
    process.exit(0);
  }
  throw error;
});

void run(process.argv.slice(2), { stdout: process.stdout, stderr: process.stderr, pause }).then((code) => {
  process.exitCode = code;
});
