import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { FhirDatastore, FhirImport, FhirSource, FhirStorage } from 'cdk-healthlake-import';

const app = new App();

// The data store and the buckets are in a separate stack, which stays when the import stack is destroyed.
const data = new Stack(app, 'Data');

const datastore = new FhirDatastore(data, 'Datastore');

const storage = new FhirStorage(data, 'Storage');

// This stack uploads the FHIR Bundles of a folder as NDJSON, and imports them. If a Bundle changes, the next deployment imports the changed data.
const imports = new Stack(app, 'Import');

const fhirImport = new FhirImport(imports, 'Synthea', {
  datastore,
  storage,
  source: FhirSource.bundles('../../data/synthea-bundles', { dataIsSynthetic: true }),
});

new CfnOutput(imports, 'JobId', { value: fhirImport.jobId });
new CfnOutput(imports, 'ResourcesImported', { value: fhirImport.resourcesImported });
