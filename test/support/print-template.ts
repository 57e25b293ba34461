import { Topic } from 'aws-cdk-lib/aws-sns';
import { importInto, newStack, templateOf } from './synth';
import { Completion, FhirSource } from '../../src';

// A test runs this script in separate processes, to compare templates from two working directories. The CDK CLI sets the same context.
const stack = newStack({
  'aws:cdk:disable-asset-staging': false,
  'aws:cdk:enable-path-metadata': true,
  'aws:cdk:enable-asset-metadata': true,
});
const notificationTopic = new Topic(stack, 'Topic');
importInto(stack, { completion: Completion.detached(), source: FhirSource.storage('more/'), notificationTopic }, 'Detached').executeAfter(importInto(stack));
process.stdout.write(JSON.stringify(templateOf(stack)));
