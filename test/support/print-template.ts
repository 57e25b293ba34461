import { importInto, newStack, templateOf } from './synth';

// A process of its own, for the comparison with another one in another place. The context is what the CDK CLI gives.
const stack = newStack({
  'aws:cdk:disable-asset-staging': false,
  'aws:cdk:enable-path-metadata': true,
  'aws:cdk:enable-asset-metadata': true,
});
importInto(stack);
process.stdout.write(JSON.stringify(templateOf(stack)));
