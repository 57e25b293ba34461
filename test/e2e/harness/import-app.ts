import { type App, CfnOutput, Stack } from 'aws-cdk-lib';
import { CfnFHIRDatastore } from 'aws-cdk-lib/aws-healthlake';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import type { Existing } from './laptop';
import { FhirImport, type FhirImportProps, type FhirJob, FhirSource } from '../../../src';

/** Properties of the import, or a function that returns the properties and can add constructs to the import's stack. */
type ImportProps = Partial<FhirImportProps> | ((stack: Stack, bucket: IBucket) => Partial<FhirImportProps>);

type Attribute = 'jobId' | 'jobStatus' | 'outputLocation' | 'resourcesScanned' | 'resourcesImported' | 'resourcesFailed'
| 'inputChanged';

/** Returns a function that adds a stack `Import` to an app. The stack has an import `Patients`, which reads `in/` of the bucket, and an output `jobId`. */
export function importApp(data: Existing, props: ImportProps = {}, change: (stack: Stack, fhirImport: FhirImport) => void = () => {}) {
  return (app: App): void => {
    const stack = new Stack(app, 'Import');
    const { datastore, data: bucket } = existing(stack, data);
    const fhirImport = new FhirImport(stack, 'Patients', {
      datastore, source: FhirSource.bucket(bucket, 'in/'), ...(typeof props === 'function' ? props(stack, bucket) : props),
    });
    addOutputs(fhirImport, 'jobId');
    change(stack, fhirImport);
  };
}

/** Adds a stack output for each named attribute of the import. */
export function addOutputs(fhirImport: FhirImport, ...names: Attribute[]): void {
  names.forEach((name) => new CfnOutput(Stack.of(fhirImport), name, { value: fhirImport[name] }));
}

/** Makes the deployment fail after the job has succeeded, by adding a bucket with a name that is already taken. */
export function failAfter(fhirJob: FhirJob, { bucket }: Existing): void {
  fhirJob.executeBefore(new Bucket(Stack.of(fhirJob), 'Taken', { bucketName: bucket }));
}

/** Returns the existing data store and bucket as constructs. */
export function existing(stack: Stack, { datastoreId, bucket }: Existing) {
  return {
    datastore: CfnFHIRDatastore.fromDatastoreId(stack, 'Datastore', datastoreId),
    data: Bucket.fromBucketName(stack, 'Data', bucket),
  };
}
