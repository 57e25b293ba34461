'use strict';

// Preloaded into the CDK CLI. The CLI is one file of 16 MB, and Node.js takes half a second to compile it. So this file keeps the compiled code in a folder.
// From Node.js 22 on, it uses the compile cache of Node.js.

const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const vm = require('node:vm');

const LARGE = 1_000_000;
const folder = process.env.LOCAL_AWS_COMPILE_CACHE;

const compile = Module.prototype._compile;
if (Module.enableCompileCache) Module.enableCompileCache(folder);
else Module.prototype._compile = function compileOnce(content, filename) {
  return content.length < LARGE ? compile.call(this, content, filename) : run(this, content, filename);
};

/** Runs a module as `_compile` does, but with the compiled code of an earlier process. */
function run(module, content, filename) {
  const { size, mtimeMs } = fs.statSync(filename);
  const cache = path.join(folder, [path.basename(filename), size, mtimeMs, process.version, process.arch].join('-'));
  const cachedData = fs.existsSync(cache) ? fs.readFileSync(cache) : undefined;
  const importModuleDynamically = vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;
  const script = new vm.Script(Module.wrap(content), { filename, cachedData, importModuleDynamically });
  if (!cachedData || script.cachedDataRejected) process.once('exit', () => keep(cache, script.createCachedData()));
  const require = Module.createRequire(filename);
  require.main = process.mainModule;
  return script.runInThisContext().call(module.exports, module.exports, require, module, filename, path.dirname(filename));
}

/** Writes the file under another name first, because several processes may write and read it at the same time. */
function keep(cache, data) {
  const temporary = `${cache}.${process.pid}`;
  try {
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(temporary, data);
    fs.renameSync(temporary, cache);
  } catch {
    // The folder can't be written. The next process compiles again.
  }
}
