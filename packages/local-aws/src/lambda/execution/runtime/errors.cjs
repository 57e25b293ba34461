'use strict';

const { types } = require('node:util');

/** Returns the body of a function error in the form of Lambda's Node.js runtime. */
function toErrorResponse(error) {
  if (types.isNativeError(error) || error instanceof Error) {
    return { errorType: error.name, errorMessage: error.message, trace: String(error.stack).split('\n') };
  }
  return { errorType: typeof error, errorMessage: String(error), trace: [] };
}

function withErrorType(errorType, message, reason) {
  const error = new Error(message);
  error.name = errorType;
  error.reason = reason;
  error.stack = reason instanceof Error ? `${errorType}: ${message}\n${reason.stack}` : `${errorType}: ${message}`;
  return error;
}

module.exports = { toErrorResponse, withErrorType };
