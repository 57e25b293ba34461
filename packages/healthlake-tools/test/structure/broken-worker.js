// A worker that ends as soon as it receives a batch. The message of its error quotes the data.
const { parentPort } = require('node:worker_threads');

parentPort.on('message', ([{ file, text }]) => {
  if (file === 'exit.ndjson') {
    process.exit(3);
  }
  throw Object.assign(new Error(`failed at ${text}`), { code: 'EBROKEN' });
});
