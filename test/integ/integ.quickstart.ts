import { IntegTest } from '@aws-cdk/integ-tests-alpha';
import { App, Stack } from 'aws-cdk-lib';
import { FhirDatastore, FhirImport, FhirSource, FhirStorage } from '../../src';

const app = new App();

const data = new Stack(app, 'integ-data');
const datastore = new FhirDatastore(data, 'Datastore');
const storage = new FhirStorage(data, 'Storage');

const imports = new Stack(app, 'integ-import');
const first = new FhirImport(imports, 'First', { datastore, storage, source: FhirSource.storage('first/') });
const second = new FhirImport(imports, 'Second', { datastore, storage, source: FhirSource.storage('second/') });
second.executeAfter(first);

new IntegTest(app, 'Quickstart', { testCases: [data, imports] });
