'use strict';

// The Lambda runtime of one execution environment: loads the handler, then runs events one by one.

const fs = require('node:fs');
const path = require('node:path');
const { patchConsole } = require('./console.cjs');
const { toErrorResponse, withErrorType } = require('./errors.cjs');
const { loadHandler } = require('./handler.cjs');
const { setClock } = require('./scaled-time.cjs');

const { codeDirectory, handler: handlerName } = JSON.parse(process.argv[2]);
const state = { requestId: undefined };

// A killed local AWS must leave no files and processes.
process.on('disconnect', () => {
  fs.rmSync(codeDirectory, { recursive: true, force: true });
  process.exit(0);
});

const send = (message) => new Promise((resolve) => process.send(message, resolve));
const log = patchConsole(process.env, () => state.requestId, (line) => void send({ type: 'log', line }));

async function die(error) {
  log.error('Uncaught Exception ', error);
  await send({ type: 'crashed', error: toErrorResponse(error) });
  process.exit(129);
}
process.on('uncaughtException', (error) => void die(error));
process.on('unhandledRejection', (reason) => {
  const message = reason instanceof Error ? reason.toString() : String(reason);
  void die(withErrorType('Runtime.UnhandledPromiseRejection', message, reason));
});

function run(handler, event, context) {
  return new Promise((resolve, reject) => {
    const callback = (error, result) => error === undefined || error === null ? resolve(result) : reject(error);
    const result = handler(event, { ...context, done: callback, succeed: resolve, fail: reject }, callback);
    if (typeof result?.then === 'function') result.then(resolve, reject);
    else if (handler.length < 3) resolve(null);
  });
}

async function invoke(handler, { requestId, functionArn, deadline, time, payload }) {
  setClock(time);
  state.requestId = requestId;
  const context = {
    awsRequestId: requestId,
    callbackWaitsForEmptyEventLoop: true,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    invokedFunctionArn: functionArn,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    getRemainingTimeInMillis: () => Math.max(0, Math.floor(deadline - Date.now())),
  };
  try {
    const result = await run(handler, JSON.parse(payload), context);
    await send({ type: 'succeeded', payload: JSON.stringify(result === undefined ? null : result) ?? 'null' });
  } catch (error) {
    log.error('Invoke Error ', error);
    await send({ type: 'failed', error: toErrorResponse(error) });
  }
}

async function main() {
  process.chdir(codeDirectory);
  try {
    const handler = await loadHandler(path.resolve(codeDirectory), handlerName);
    process.on('message', (invocation) => void invoke(handler, invocation));
    await send({ type: 'ready' });
  } catch (error) {
    log.error('Uncaught Exception ', error);
    await send({ type: 'crashed', error: toErrorResponse(error) });
    process.exit(1);
  }
}

void main();
