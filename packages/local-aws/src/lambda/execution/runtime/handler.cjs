'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { withErrorType } = require('./errors.cjs');

/** Loads a handler such as `index.onEvent`: the export `onEvent` of `index.js`, `.cjs` or `.mjs` in the code directory. */
async function loadHandler(codeDirectory, handlerName) {
  const folder = path.dirname(handlerName);
  const [moduleName, ...exportPath] = path.basename(handlerName).split('.');
  const module = await loadModule(path.join(codeDirectory, folder, moduleName), path.join(folder, moduleName));
  const handler = exportPath.reduce((value, name) => value?.[name], module);
  if (handler === undefined) {
    throw withErrorType('Runtime.HandlerNotFound', `${handlerName} is undefined or not exported`);
  }
  if (typeof handler !== 'function') {
    throw withErrorType('Runtime.HandlerNotFound', `${handlerName} is not a function`);
  }
  return handler;
}

async function loadModule(file, name) {
  try {
    if (fs.existsSync(`${file}.mjs`)) return await import(pathToFileURL(`${file}.mjs`).href);
    return require(fs.existsSync(`${file}.cjs`) ? `${file}.cjs` : file);
  } catch (error) {
    if (error?.code === 'MODULE_NOT_FOUND') throw withErrorType('Runtime.ImportModuleError', `Error: ${error.message}`, error);
    if (error instanceof SyntaxError) throw withErrorType('Runtime.UserCodeSyntaxError', `SyntaxError: ${error.message}`, error);
    if (error instanceof Error) throw error;
    throw withErrorType('Runtime.ImportModuleError', `cannot load module ${name}: ${String(error)}`, error);
  }
}

module.exports = { loadHandler };
