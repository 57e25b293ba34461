import { App, Stack } from 'aws-cdk-lib';
import { CfnFHIRDatastore } from 'aws-cdk-lib/aws-healthlake';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { FhirImport, FhirJobProvider, FhirSource, FhirStorage } from '../src';

const IMPORTS = 100;
const ROUNDS = 5;

/** Synthesizes imports and returns the duration and the number of resources. Puts at most ten imports into a stack, which may have only 500 resources. */
function synth(imports: number, ownProviders: boolean): { readonly seconds: number; readonly resources: number } {
  const startedAt = performance.now();
  const app = new App({ analyticsReporting: false });
  const stacks = Array.from({ length: Math.ceil(imports / 10) }, (_, n) => new Stack(app, `Stack${n}`));
  const shared = new Stack(app, 'Shared');
  const storage = new FhirStorage(shared, 'Storage');
  const provider = new FhirJobProvider(shared, 'Provider');
  for (let n = 0; n < imports; n++) {
    const stack = stacks[n % stacks.length];
    new FhirImport(stack, `Import${n}`, {
      datastore: CfnFHIRDatastore.fromDatastoreId(stack, `Datastore${n}`, '6407b9ae4c2def3cb6f1a46a0c599ec0'),
      source: FhirSource.bucket(Bucket.fromBucketName(stack, `Data${n}`, 'hospital-data'), `${n}/`),
      storage,
      provider: ownProviders ? new FhirJobProvider(stack, `Provider${n}`) : provider,
    });
  }
  const assembly = app.synth();
  const resources = assembly.stacks.reduce((sum, { template }) => sum + Object.keys((template as { Resources: object }).Resources ?? {}).length, 0);
  return { seconds: (performance.now() - startedAt) / 1000, resources };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

function main(): void {
  synth(10, true); // not measured: the first synthesis also loads the modules
  const ratios: number[] = [];
  let [shared, own] = [synth(0, false), synth(0, false)];
  const empty = shared.resources;
  for (let round = 0; round < ROUNDS; round++) {
    shared = synth(IMPORTS, false);
    own = synth(IMPORTS, true);
    ratios.push(own.seconds / shared.seconds);
  }
  console.log(`synth of ${IMPORTS} imports takes ${median(ratios).toFixed(1)} times as long with a provider each as with one provider (median of ${ratios.map((r) => r.toFixed(1)).join(', ')})`);
  console.log(`resources per import: ${(shared.resources - empty) / IMPORTS} with one provider, ${(own.resources - empty) / IMPORTS} with a provider each`);
}

main();
