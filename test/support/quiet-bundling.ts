// aws-cdk-lib prints a line for each asset that it bundles. The output of the tests has results only.
const { write } = process.stderr;

process.stderr.write = function(this: typeof process.stderr, ...args: Parameters<typeof write>) {
  return String(args[0]).startsWith('Bundling asset ') || write.apply(this, args);
} as typeof write;
