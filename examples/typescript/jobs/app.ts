import { App, CfnOutput, CfnParameter, Duration, Stack } from 'aws-cdk-lib';
import { EventField, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { FhirDatastore, FhirJobMonitor } from 'cdk-healthlake-import';

const app = new App();

const monitoring = new Stack(app, 'Jobs');

// The data store exists already. It may be in use by other apps and other tools.
const datastoreId = new CfnParameter(monitoring, 'DatastoreId', {
  description: 'The id of the data store whose jobs are shown',
  allowedPattern: '[0-9a-f]{32}',
});
const datastore = FhirDatastore.fromDatastoreId(monitoring, 'Datastore', datastoreId.valueAsString);

// This topic receives the alarms, and a message for each job that fails.
const operations = new Topic(monitoring, 'Operations');

const jobs = new FhirJobMonitor(monitoring, 'Monitor', { datastores: [datastore], notificationTopic: operations });

jobs.alarmOnFailedJobs();
jobs.alarmOnStuckJob({ age: Duration.hours(12) });
jobs.alarmOnMissingJobs();

// An alarm doesn't name the job. HealthLake's own event does, and it arrives as soon as the job fails.
jobs.onJobFailed('Failed', {
  target: new SnsTopic(operations, {
    message: RuleTargetInput.fromText(`${EventField.detailType}: job ${EventField.fromPath('$.detail.jobId')}`),
  }),
});

const dashboard = jobs.addDashboard();

new CfnOutput(monitoring, 'DashboardName', { value: dashboard.dashboardName });
new CfnOutput(monitoring, 'DashboardFunctionArn', { value: jobs.dashboardFunction!.functionArn });
new CfnOutput(monitoring, 'OperationsTopicArn', { value: operations.topicArn });
