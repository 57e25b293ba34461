import { importInto, newStack, templateOf } from './synth';

// Runs in a separate process, so that a test can compare templates from two working directories. The context matches the CDK CLI.
const stack = newStack({
  'aws:cdk:disable-asset-staging': false,
  'aws:cdk:enable-path-metadata': true,
  'aws:cdk:enable-asset-metadata': true,
});
importInto(stack);
process.stdout.write(JSON.stringify(templateOf(stack)));
