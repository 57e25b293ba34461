import { importInto, newStack, templateOf } from './synth';

// Runs in its own process, so that a test can compare templates of different folders. The context is that of the CDK CLI.
const stack = newStack({
  'aws:cdk:disable-asset-staging': false,
  'aws:cdk:enable-path-metadata': true,
  'aws:cdk:enable-asset-metadata': true,
});
importInto(stack);
process.stdout.write(JSON.stringify(templateOf(stack)));
