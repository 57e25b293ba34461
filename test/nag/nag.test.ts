import { Stack } from 'aws-cdk-lib';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import { AwsSolutionsChecks, HIPAASecurityChecks } from 'cdk-nag';
import { AWS_SOLUTIONS, type Finding, HIPAA_SECURITY, type SetUp } from './findings';
import { Completion, FhirImportProvider, FhirStorage } from '../../src';
import { FEATURE_FLAGS, importInto, newApp } from '../support/synth';

/** Creates an import in `stack` for each set-up. User-supplied resources are in the stack `surroundings`, whose findings the test ignores. */
const SET_UPS: Record<SetUp, (stack: Stack, surroundings: Stack) => void> = {
  default: (stack) => {
    importInto(stack);
  },
  hardened: (stack, surroundings) => {
    const encryptionKey = new kms.Key(surroundings, 'LogsKey', { enableKeyRotation: true });
    importInto(stack, {
      provider: new FhirImportProvider(stack, 'FhirImportProvider', {
        vpc: new ec2.Vpc(surroundings, 'Vpc'),
        logGroup: new logs.LogGroup(surroundings, 'Logs', { encryptionKey }),
      }),
      storage: new FhirStorage(stack, 'FhirStorage', {
        serverAccessLogsBucket: s3.Bucket.fromBucketName(stack, 'AccessLogs', 'amzn-s3-demo-logs'),
      }),
    });
  },
  detached: (stack, surroundings) => {
    const masterKey = new kms.Key(surroundings, 'TopicKey', { enableKeyRotation: true });
    const notificationTopic = new sns.Topic(surroundings, 'Topic', { masterKey });
    importInto(stack, { completion: Completion.detached(), notificationTopic }).alarmOnFailure().addAlarmAction(new SnsAction(notificationTopic));
  },
};

const PACKS: [string, typeof AwsSolutionsChecks | typeof HIPAASecurityChecks, Finding[]][] = [
  ['AwsSolutions', AwsSolutionsChecks, AWS_SOLUTIONS],
  ['HIPAA.Security', HIPAASecurityChecks, HIPAA_SECURITY],
];

/** Returns each finding as a rule and a construct path. Replaces the logical id of the log group, because the id depends on the set-up. */
function findings(setUp: SetUp, Pack: typeof AwsSolutionsChecks | typeof HIPAASecurityChecks, flags: Record<string, unknown>): string[] {
  const app = newApp(flags);
  const stack = new Stack(app, 'Stack');
  SET_UPS[setUp](stack, new Stack(app, 'Surroundings'));
  return new Pack(app).validateScope(app).violations
    .flatMap(({ ruleName, violatingResources }) => (violatingResources ?? []).map((resource) => {
      const rule = ruleName.replace(/log-group:<\w+>/, 'log-group:<LogGroup>');
      return `${rule} at ${('constructPath' in resource && resource.constructPath) || JSON.stringify(resource)}`;
    }))
    .filter((finding) => !finding.includes(' at Surroundings/'))
    .sort();
}

describe.each(FEATURE_FLAGS)('an app %s', (_, flags) => {
  describe.each<SetUp>(['default', 'hardened', 'detached'])('the %s set-up', (setUp) => {
    test.each(PACKS)('has only the accepted findings of %s', (__, Pack, listed) => {
      const expected = listed.filter(({ setUps }) => setUps.includes(setUp))
        .flatMap(({ rule, where }) => where.map((path) => `${rule} at Stack/${path}/Resource`));

      expect(findings(setUp, Pack, flags)).toEqual(expected.sort());
    });
  });
});
