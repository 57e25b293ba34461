import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { App, AssetStaging, Size, Stack } from 'aws-cdk-lib';
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

/** Writes files with 500 MB of patients into a folder. */
function writeFiles(folder: string): void {
  for (let file = 0; file < 10; file++) {
    const open = openSync(join(folder, `${file}.ndjson`), 'w');
    for (let piece = 0; piece < 50; piece++) {
      const line = (n: number) => `{"resourceType":"Patient","id":"${file}-${piece}-${n}","text":{"status":"empty","div":"${'x'.repeat(930)}"}}\n`;
      writeSync(open, Array.from({ length: 1000 }, (_, n) => line(n)).join(''));
    }
    closeSync(open);
  }
}

/** Synthesizes an import from a folder, or from the storage, into a folder that keeps the assets of earlier syntheses. Returns the seconds. */
function synthFiles(outdir: string, folder?: string): number {
  AssetStaging.clearAssetHashCache(); // a new process has no cache
  const startedAt = performance.now();
  const app = new App({ analyticsReporting: false, outdir });
  const stack = new Stack(app, 'Stack');
  new FhirImport(stack, 'Import', {
    datastore: CfnFHIRDatastore.fromDatastoreId(stack, 'Datastore', '6407b9ae4c2def3cb6f1a46a0c599ec0'),
    source: folder ? FhirSource.directory(folder, { dataIsSynthetic: true, ephemeralStorageSize: Size.gibibytes(1) }) : FhirSource.storage(),
  });
  app.synth();
  return (performance.now() - startedAt) / 1000;
}

/** Measures the seconds that 500 MB of unchanged files add to a synthesis. */
async function measureFiles(work: string): Promise<void> {
  const folder = mkdtempSync(join(work, 'files-'));
  writeFiles(folder);
  await sleep(3000); // the library keeps no answer about files that changed in the last 2 seconds
  const [plain, files] = ['plain', 'files'].map((name) => join(work, name));
  synthFiles(plain);
  const first = synthFiles(files, folder);
  const added = Array.from({ length: ROUNDS }, () => synthFiles(files, folder) - synthFiles(plain));
  console.log(`the first synth of 500 MB of files takes ${first.toFixed(1)} s; unchanged files add ${median(added).toFixed(2)} s to a later one, of at most 1 s `
    + `(median of ${added.map((seconds) => seconds.toFixed(2)).join(', ')})`);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

async function main(): Promise<void> {
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
  const work = mkdtempSync(join(tmpdir(), 'bench-synth-'));
  try {
    await measureFiles(work);
  } finally {
    rmSync(work, { recursive: true });
  }
}

void main();
