import { App, CfnOutput, CfnParameter, Stack } from 'aws-cdk-lib';
import { FhirDatastore, FhirImport, FhirSource, FhirStorage } from 'cdk-healthlake-import';

const app = new App();

// The data store and the buckets are in a separate stack. A failed import rolls back only the stack Import.
const data = new Stack(app, 'Data');

const datastore = new FhirDatastore(data, 'Datastore');

const storage = new FhirStorage(data, 'Storage');

new CfnOutput(data, 'InputBucketName', { value: storage.inputBucket.bucketName });
new CfnOutput(data, 'OutputBucketName', { value: storage.outputBucket.bucketName });
new CfnOutput(data, 'DatastoreId', { value: datastore.datastoreId });

// This stack imports all .ndjson objects under the prefix input/ of the input bucket.
const imports = new Stack(app, 'Import');

// To import the data again, deploy a new revision: npx cdk deploy Import --parameters Revision=2
const revision = new CfnParameter(imports, 'Revision', { default: '1', description: 'The revision of the data' });

const fhirImport = new FhirImport(imports, 'Synthea', {
  datastore,
  storage,
  source: FhirSource.storage(),
  revision: revision.valueAsString,
});

new CfnOutput(imports, 'JobId', { value: fhirImport.jobId });
new CfnOutput(imports, 'JobStatus', { value: fhirImport.jobStatus });
new CfnOutput(imports, 'ResourcesImported', { value: fhirImport.resourcesImported });
new CfnOutput(imports, 'OutputLocation', { value: fhirImport.outputLocation });
