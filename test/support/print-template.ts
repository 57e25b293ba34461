import { importInto, newStack, templateOf } from './synth';

// A test runs this script in separate processes, to compare templates from two working directories. The CDK CLI sets the same context.
const stack = newStack({
  'aws:cdk:disable-asset-staging': false,
  'aws:cdk:enable-path-metadata': true,
  'aws:cdk:enable-asset-metadata': true,
});
importInto(stack);
process.stdout.write(JSON.stringify(templateOf(stack)));
