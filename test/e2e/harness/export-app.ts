import { type App, CfnOutput, Stack } from 'aws-cdk-lib';
import { CfnFHIRDatastore } from 'aws-cdk-lib/aws-healthlake';
import { type Existing, type Laptop, type LaptopOptions, onLaptop, patients } from './laptop';
import { FhirExport, type FhirExportProps } from '../../../src';
import { CANARY } from '../../support/canary';

/** Properties of the export, or a function that returns the properties and can add constructs to the export's stack. */
type ExportProps = Partial<FhirExportProps> | ((stack: Stack) => Partial<FhirExportProps>);

/** The attributes of an export that its deployment waits for. */
const RESULTS = ['jobId', 'jobStatus', 'filesExported', 'bytesExported', 'resourcesExported', 'outputLocation', 'reportLocation'] as const;

type Results = Readonly<Record<typeof RESULTS[number], string>>;

/** Returns a function that adds a stack `Export` to an app. The stack has an export of the data store. */
export function exportApp({ datastoreId }: Existing, props: ExportProps = {}, change: (stack: Stack, fhirExport: FhirExport) => void = () => {}, id = 'Copy') {
  return (app: App): void => {
    const stack = new Stack(app, 'Export');
    const datastore = CfnFHIRDatastore.fromDatastoreId(stack, 'Datastore', datastoreId);
    change(stack, new FhirExport(stack, id, { datastore, ...(typeof props === 'function' ? props(stack) : props) }));
  };
}

/** Adds a stack output for each attribute of the export. */
export function addResults(stack: Stack, fhirExport: FhirExport): void {
  RESULTS.forEach((name) => new CfnOutput(stack, name, { value: fhirExport[name] }));
}

/** Returns the outputs that `addResults` added to the stack. */
export function resultsOf(laptop: Laptop, stackName = 'Export'): Results {
  return Object.fromEntries(RESULTS.map((name) => [name, laptop.output(stackName, name)])) as Results;
}

/**
 * Returns a function that runs a test on a new laptop. The data store has three patients. After the test, checks that no patient data is visible outside the
 * bucket.
 */
export function withPatients({ healthlake, ...options }: LaptopOptions, test: (laptop: Laptop, data: Existing) => Promise<void>) {
  return onLaptop({ ...options, healthlake: { datastoreCreationMs: 0, ...healthlake } }, async (laptop, data) => {
    for (const patient of patients(3, CANARY)) {
      expect(await laptop.fhir('PUT', data.datastoreId, patient)).toBe(201);
    }
    await test(laptop, data);
    expect(laptop.visibleText()).not.toContain(CANARY);
  });
}
