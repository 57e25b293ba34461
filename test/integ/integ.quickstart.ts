import { IntegTest } from '@aws-cdk/integ-tests-alpha';
import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnFHIRDatastore } from 'aws-cdk-lib/aws-healthlake';
import { FhirImport, FhirSource, FhirStorage } from '../../src';

const app = new App();

const data = new Stack(app, 'integ-data');
const datastore = new CfnFHIRDatastore(data, 'Datastore', { datastoreTypeVersion: 'R4' });
datastore.applyRemovalPolicy(RemovalPolicy.RETAIN);
const storage = new FhirStorage(data, 'Storage');

const imports = new Stack(app, 'integ-import');
const first = new FhirImport(imports, 'First', { datastore, storage, source: FhirSource.storage('first/') });
const second = new FhirImport(imports, 'Second', { datastore, storage, source: FhirSource.storage('second/') });
second.executeAfter(first);

new IntegTest(app, 'Quickstart', { testCases: [data, imports] });
