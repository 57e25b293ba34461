import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { decide } from '../../packages/local-aws/src/iam/policies/engine';
import { Completion } from '../../src';
import { Deployed } from '../support/deployed';
import { ACCOUNT, FEATURE_FLAGS, importInto, newStack, onlyResource, REGION, templateOf } from '../support/synth';

const KEY = `arn:aws:kms:${REGION}:${ACCOUNT}:key/5f0e7a60-7c1d-11f0-8a3b-0a1b2c3d4e5f`;
const DOCUMENTED = [...readFileSync(join(__dirname, '../../docs/events.md'), 'utf8').matchAll(/```json\n(.*?)\n```/gs)].map(([, json]) => json);

interface Policies {
  readonly topicArn: string;
  readonly topic: unknown;
  readonly key: unknown;
}

/** Returns the topic policy and the key policy that an import writes for its notification topic. */
function written(flags: Record<string, unknown>): Policies {
  const stack = newStack(flags);
  const notificationTopic = new sns.Topic(stack, 'Topic', { masterKey: new kms.Key(stack, 'TopicKey') });
  importInto(stack, { completion: Completion.detached(), notificationTopic });
  const deployed = new Deployed(templateOf(stack));
  return {
    topicArn: deployed.arnOf('AWS::SNS::Topic'),
    topic: onlyResource(deployed.template, 'AWS::SNS::TopicPolicy').Properties.PolicyDocument,
    key: onlyResource(deployed.template, 'AWS::KMS::Key', /TopicKey/).Properties.KeyPolicy,
  };
}

/** The topic policy and the key policy that docs/events.md shows for topics outside the app. */
const documented: Policies = {
  topicArn: 'arn:aws:sns:us-east-1:111122223333:ops',
  topic: JSON.parse(DOCUMENTED[1]),
  key: { Version: '2012-10-17', Statement: [JSON.parse(DOCUMENTED[2])] },
};

describe.each<[string, Policies]>([
  ...FEATURE_FLAGS.map(([name, flags]): [string, Policies] => [`of an app ${name}`, written(flags)]),
  ['with the documented policies', documented],
])('an encrypted topic %s', (_, { topicArn, topic, key }) => {
  async function may(principal: string, action: string, source = ACCOUNT): Promise<boolean> {
    const [resource, resourcePolicy] = action.startsWith('sns:') ? [topicArn, topic] : [KEY, key];
    return (await decide({ principal, action, resource, resourceAccount: ACCOUNT, context: { 'aws:SourceAccount': source }, identityPolicies: [], resourcePolicy })).allowed;
  }

  test.each(['events.amazonaws.com', 'cloudwatch.amazonaws.com'])('lets %s publish and do nothing else', async (service) => {
    for (const action of ['sns:Publish', 'kms:Decrypt', 'kms:GenerateDataKey']) {
      expect([action, await may(service, action)]).toEqual([action, true]);
    }
    for (const action of ['sns:Subscribe', 'sns:DeleteTopic', 'kms:Encrypt', 'kms:ScheduleKeyDeletion']) {
      expect([action, await may(service, action)]).toEqual([action, false]);
    }
  });

  test('does not let CloudWatch alarms of another account publish', async () => {
    expect(await may('cloudwatch.amazonaws.com', 'sns:Publish', '444455556666')).toBe(false);
  });

  test.each(['states.amazonaws.com', 'healthlake.amazonaws.com', 'arn:aws:iam::444455556666:user/other'])('does not let %s publish', async (principal) => {
    for (const action of ['sns:Publish', 'kms:Decrypt', 'kms:GenerateDataKey']) {
      expect([action, await may(principal, action)]).toEqual([action, false]);
    }
  });
});
