import { App, CfnOutput, CfnParameter, Stack } from 'aws-cdk-lib';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Completion, FhirDatastore, FhirImport, FhirSource, FhirStorage } from 'cdk-healthlake-import';

const app = new App();

// The data store and the buckets are in a separate stack, which stays when the import stack is destroyed.
const data = new Stack(app, 'Data');

const datastore = new FhirDatastore(data, 'Datastore');

const storage = new FhirStorage(data, 'Storage');

new CfnOutput(data, 'InputBucketName', { value: storage.inputBucket.bucketName });
new CfnOutput(data, 'OutputBucketName', { value: storage.outputBucket.bucketName });

// The deployment of this stack ends as soon as HealthLake has accepted the job. It does not wait for the end of the job.
const imports = new Stack(app, 'Import');

// A failed import does not roll back the stack. Deploy a new revision to import the repaired data.
const revision = new CfnParameter(imports, 'Revision', { default: '1', description: 'The revision of the data' });

// This topic receives one message when the import succeeds or fails.
const operations = new Topic(imports, 'Operations');

const fhirImport = new FhirImport(imports, 'Synthea', {
  datastore,
  storage,
  source: FhirSource.storage(),
  revision: revision.valueAsString,
  completion: Completion.detached(),
  notificationTopic: operations,
});

// EventBridge invokes this function when the import succeeds.
const nextStep = new Function(imports, 'NextStep', {
  runtime: Runtime.NODEJS_22_X,
  handler: 'index.handler',
  code: Code.fromInline('exports.handler = async ({ detail }) => console.log("imported", detail.jobId, detail.resourcesImported);'),
});
fhirImport.onSucceeded('Succeeded', { target: new LambdaFunction(nextStep) });

// The monitor's alarm fires when a detached import fails or cannot be monitored. It notifies the operations topic and, with this code, an on-call topic.
const onCall = new Topic(imports, 'OnCall');
fhirImport.provider.monitorAlarm().addAlarmAction(new SnsAction(onCall));

new CfnOutput(imports, 'JobId', { value: fhirImport.jobId });
new CfnOutput(imports, 'OperationsTopicArn', { value: operations.topicArn });
new CfnOutput(imports, 'OnCallTopicArn', { value: onCall.topicArn });
new CfnOutput(imports, 'NextStepFunctionName', { value: nextStep.functionName });
