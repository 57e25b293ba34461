import { App, CfnOutput, CfnParameter, Duration, Stack } from 'aws-cdk-lib';
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { FhirDatastore, FhirExport, FhirImport, FhirSource, FhirStorage } from 'cdk-healthlake-import';

const app = new App();

/** Returns the data store. It exists already, and other apps and tools may use it. */
function datastoreOf(stack: Stack) {
  const datastoreId = new CfnParameter(stack, 'DatastoreId', { description: 'The id of the data store', allowedPattern: '[0-9a-f]{32}' });
  return FhirDatastore.fromDatastoreId(stack, 'Datastore', datastoreId.valueAsString);
}

// Each night, this stack copies the data store. The deployment itself exports nothing.
const copies = new Stack(app, 'Copies');

const storage = new FhirStorage(copies, 'Storage', { resultsExpiration: Duration.days(90) });

const nightly = new FhirExport(copies, 'Nightly', {
  datastore: datastoreOf(copies),
  storage,
  schedule: ScheduleExpression.cron({ hour: '2', minute: '30' }),
});

// This topic receives the alarms.
const operations = new Topic(copies, 'Operations');

// This alarm fires when a run fails or can't be monitored.
nightly.provider.exportMonitorAlarm().addAlarmAction(new SnsAction(operations));

// This alarm fires when no run has succeeded for a day, also if the run was skipped or never began.
nightly.metricSucceeded({ period: Duration.days(1) }).createAlarm(copies, 'NoCopy', {
  alarmDescription: 'No copy of the data store for a day',
  threshold: 1,
  evaluationPeriods: 1,
  comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
  treatMissingData: TreatMissingData.BREACHING,
}).addAlarmAction(new SnsAction(operations));

new CfnOutput(copies, 'InputBucketName', { value: storage.inputBucket.bucketName });
new CfnOutput(copies, 'OutputBucketName', { value: storage.outputBucket.bucketName });
new CfnOutput(copies, 'OperationsTopicArn', { value: operations.topicArn });

// The deployment of this stack copies the data store, and then imports corrections, which overwrite resources. If the export fails, nothing is imported.
const change = new Stack(app, 'Change');

const datastore = datastoreOf(change);

// Each change has a copy of its own.
const revision = new CfnParameter(change, 'Revision', { default: '1', description: 'The revision of the corrections' }).valueAsString;

const before = new FhirExport(change, 'Before', { datastore, storage, revision });

const corrections = new FhirImport(change, 'Corrections', { datastore, storage, source: FhirSource.storage(), revision });
corrections.executeAfter(before);

new CfnOutput(change, 'CopyLocation', { value: before.outputLocation });
new CfnOutput(change, 'CopyReport', { value: before.reportLocation });
new CfnOutput(change, 'ResourcesExported', { value: before.resourcesExported });
new CfnOutput(change, 'ResourcesImported', { value: corrections.resourcesImported });
