import { App, Duration, Stack } from 'aws-cdk-lib';
import { Rule, RuleTargetInput, EventField } from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { type CfnTopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { eventually } from './foundation';
import { LocalStack } from './local-stack';

test('constructs of the CDK deploy and send an EventBridge event to an encrypted topic and a function', async () => {
  const local = await LocalStack.start();
  const app = new App({ analyticsReporting: false });
  const stack = new Stack(app, 'S');
  const key = new Key(stack, 'Key');
  key.grantEncryptDecrypt(new ServicePrincipal('events.amazonaws.com'));
  const topic = new Topic(stack, 'Topic', { masterKey: key, enforceSSL: true });
  topic.addSubscription(new EmailSubscription('on-call@example.com'));
  const message = RuleTargetInput.fromText(`job ${EventField.fromPath('$.detail.jobId')} has ended`);
  const code = Code.fromInline('exports.handler = async ({ detail }) => console.log("the function received", detail.jobId);');
  const next = new Function(stack, 'Next', { runtime: Runtime.NODEJS_22_X, handler: 'index.handler', functionName: 'next', timeout: Duration.minutes(15), code });
  new Rule(stack, 'Rule', {
    eventPattern: { source: ['app.imports'], detail: { status: ['FAILED'] } }, targets: [new SnsTopic(topic, { message }), new LambdaFunction(next)],
  });
  const topicId = stack.getLogicalId(topic.node.defaultChild as CfnTopic);
  expect([await local.deploy(app.synth().getStackByName('S').template.Resources), await local.failures()]).toEqual(['CREATE_COMPLETE', []]);

  const entry = (status: string) => ({ Source: 'app.imports', DetailType: 'Import Ended', Detail: JSON.stringify({ jobId: 'abc', status }) });
  await local.putEvents([entry('COMPLETED'), entry('FAILED')]);
  await local.aws.events.settled();
  expect(local.aws.events.undelivered).toEqual([]);
  expect(local.aws.sns.published(local.physicalId(topicId)).map((published) => published.message)).toEqual(['"job abc has ended"']);
  await eventually(() => local.aws.logs.events('/aws/lambda/next').some((event) => event.message.endsWith('the function received abc')));
  await local.stop();
});
