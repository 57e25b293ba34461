import { Duration, type Stack } from 'aws-cdk-lib';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import * as sns from 'aws-cdk-lib/aws-sns';
import type { SetUp } from './findings';
import { Completion, FhirDatastore, FhirJobProvider, FhirSource, FhirStorage, IdentityProvider } from '../../src';
import { monitorIn } from '../support/jobs';
import { exportFrom, importInto } from '../support/synth';

/** Creates imports, a scheduled export, data stores, or a job monitor in `stack` for each set-up. User-supplied resources are in the stack `surroundings`, whose findings the test ignores. */
export const SET_UPS: Record<SetUp, (stack: Stack, surroundings: Stack) => void> = {
  default: (stack) => {
    importInto(stack);
  },
  hardened: (stack, surroundings) => {
    const encryptionKey = new kms.Key(surroundings, 'LogsKey', { enableKeyRotation: true });
    importInto(stack, {
      provider: new FhirJobProvider(stack, 'FhirImportProvider', {
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
  exports: (stack, surroundings) => {
    const masterKey = new kms.Key(surroundings, 'TopicKey', { enableKeyRotation: true });
    const notificationTopic = new sns.Topic(surroundings, 'Topic', { masterKey });
    exportFrom(stack, { schedule: ScheduleExpression.rate(Duration.days(1)), notificationTopic }).executeAfter(importInto(stack));
  },
  datastores: (stack, surroundings) => {
    const tokenFunction = lambda.Function.fromFunctionName(stack, 'Tokens', 'tokens');
    new FhirDatastore(stack, 'Datastore');
    new FhirDatastore(stack, 'WithKey', { replacementGuard: false, encryptionKey: new kms.Key(surroundings, 'DatastoreKey', { enableKeyRotation: true }) });
    new FhirDatastore(stack, 'Smart', { replacementGuard: false, identityProvider: IdentityProvider.fromMetadata({ metadata: '{}', tokenFunction }) });
  },
  repository: (stack) => {
    importInto(stack, { source: FhirSource.directory('examples/data/synthea', { dataIsSynthetic: true }) });
  },
  jobs: (stack, surroundings) => {
    const masterKey = new kms.Key(surroundings, 'TopicKey', { enableKeyRotation: true });
    const jobs = monitorIn(stack, { notificationTopic: new sns.Topic(surroundings, 'Topic', { masterKey }) });
    jobs.alarmOnFailedJobs();
    jobs.alarmOnStuckJob({ age: Duration.hours(12) });
    jobs.alarmOnQueueLength({ jobs: 20 });
    jobs.alarmOnMissingJobs();
    jobs.onJobFailed('Failed');
    jobs.addDashboard();
  },
};
