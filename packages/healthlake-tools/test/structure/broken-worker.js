// A worker that fails as soon as it receives a batch. Its message quotes the data.
const { parentPort } = require('node:worker_threads');

parentPort.on('message', (lines) => {
  throw Object.assign(new Error(`failed at ${lines[0].text}`), { code: 'EBROKEN' });
});
