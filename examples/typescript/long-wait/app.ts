import { App, CfnOutput, CfnParameter, Duration, Stack } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Completion, FhirDatastore, FhirImport, FhirSource, FhirStorage } from 'cdk-healthlake-import';

const app = new App();

const data = new Stack(app, 'Data');

const datastore = new FhirDatastore(data, 'Datastore');

const storage = new FhirStorage(data, 'Storage');

new CfnOutput(data, 'InputBucketName', { value: storage.inputBucket.bucketName });

// While the deployment of this stack waits for the import, the stack accepts no other deployment. So keep your other resources in other stacks.
const imports = new Stack(app, 'Import');

const revision = new CfnParameter(imports, 'Revision', { default: '1', description: 'The revision of the data' });

// This topic receives one message when the import succeeds or fails.
const operations = new Topic(imports, 'Operations');

const fhirImport = new FhirImport(imports, 'Synthea', {
  datastore,
  storage,
  source: FhirSource.storage(),
  revision: revision.valueAsString,
  completion: Completion.waitFor({ timeout: Duration.hours(3) }),
  notificationTopic: operations,
});

// CloudFormation creates this parameter only after the import has succeeded.
const lastRevision = new StringParameter(imports, 'LastRevision', {
  parameterName: '/fhir/last-imported-revision',
  stringValue: revision.valueAsString,
});
fhirImport.executeBefore(lastRevision);

new CfnOutput(imports, 'JobId', { value: fhirImport.jobId });
new CfnOutput(imports, 'OperationsTopicArn', { value: operations.topicArn });
new CfnOutput(imports, 'ResourcesImported', { value: fhirImport.resourcesImported });
