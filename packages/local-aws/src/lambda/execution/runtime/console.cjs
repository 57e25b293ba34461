'use strict';

const { format } = require('node:util');
const { toErrorResponse } = require('./errors.cjs');

const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];

const describeError = (error) => {
  const { errorType, errorMessage, trace } = toErrorResponse(error);
  return { errorType, errorMessage, stackTrace: trace };
};

function textLine(level, requestId, params) {
  return `${new Date().toISOString()}\t${requestId}\t${level}\t${format(...params)}`;
}

function jsonLine(level, requestId, params) {
  const error = params.find((param) => param instanceof Error);
  const entry = { timestamp: new Date().toISOString(), level, requestId };
  if (params.length !== 1) return JSON.stringify({ ...entry, message: format(...params), ...(error && describeError(error)) });
  try {
    return JSON.stringify({ ...entry, message: error ? describeError(error) : params[0] });
  } catch {
    return JSON.stringify({ ...entry, message: format(...params) });
  }
}

/** Turns each call of console into one log event, in the function's log format. Drops events below the function's log level. */
function patchConsole(environment, requestId, write) {
  const isJson = environment.AWS_LAMBDA_LOG_FORMAT === 'JSON';
  const formatLine = isJson ? jsonLine : textLine;
  const lowest = Math.max(0, LEVELS.indexOf(environment.AWS_LAMBDA_LOG_LEVEL));
  const logger = (level) => (...params) => {
    if (LEVELS.indexOf(level) >= lowest) write(formatLine(level, requestId(), params));
  };
  console.log = console.info = logger('INFO');
  for (const level of LEVELS.filter((name) => name !== 'INFO')) console[level.toLowerCase()] = logger(level);
  return {
    error: (title, error) => isJson ? console.error(error) : console.error(title, JSON.stringify(describeError(error))),
  };
}

module.exports = { patchConsole };
