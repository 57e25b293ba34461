import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { NestedStack, Size, Stack, Stage } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as folder from '../../../packages/fhir-ndjson/src/folder';
import { folderWith, patient } from '../../../packages/fhir-ndjson/test/folder/folders';
import { type FhirImportProps, FhirSource, type FhirSourceDirectoryOptions, FhirStorage } from '../../../src';
import { checkFiles } from '../../../src/import/private/checks/repository-files';
import { type FhirNdjson, fhirNdjson } from '../../../src/import/private/fhir-ndjson';
import { countsByType, FEATURE_FLAGS, importInto, newApp, newStack, numberParameter, onlyResource, resourcesOfType, type TemplateJson, templateOf } from '../../support/synth';

const PREFIX = /^fhir\/[0-9a-f]{20}\/$/;
const GOOD = { 'Patient.ndjson': patient('a') + patient('b'), 'more/Patient.ndjson': patient('c') };
const HIDDEN_ID = 'secret-id-4711';

const directory = (path: string, options: Partial<FhirSourceDirectoryOptions> = {}) =>
  FhirSource.directory(path, { dataIsSynthetic: true, ...options });

function importFrom(source: FhirSource, stack = newStack(), props: Partial<FhirImportProps> = {}): TemplateJson {
  importInto(stack, { source, ...props });
  return templateOf(stack);
}

const functionIn = (template: TemplateJson) => onlyResource(template, 'AWS::Lambda::Function', /CDKBucketDeployment/).Properties;
const uploadIn = (template: TemplateJson) => onlyResource(template, 'Custom::CDKBucketDeployment');

/** Returns the annotations of a level, without the ids of warnings. */
function annotationsOf(source: FhirSource, level: 'error' | 'warning' | 'info'): string[] {
  const stack = newStack();
  importInto(stack, { source });
  const annotations = Annotations.fromStack(stack);
  const find = { error: 'findError', warning: 'findWarning', info: 'findInfo' } as const;
  return annotations[find[level]]('/Stack/Import', Match.anyValue()).map(({ entry }) => String(entry.data));
}

/** Returns the files in the asset with the data, with their contents. */
function uploaded(stack: Stack): Record<string, string> {
  templateOf(stack);
  const outdir = Stage.of(stack)!.assetOutdir;
  const assets = readdirSync(outdir).filter((name) => name.startsWith('asset.') && readdirSync(join(outdir, name), { recursive: true }).some((file) => String(file).endsWith('.ndjson')));
  expect(assets).toHaveLength(1);
  const names = readdirSync(join(outdir, assets[0]), { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('.'));
  return Object.fromEntries(names.sort().map((name) => [name, readFileSync(join(outdir, assets[0], name), 'utf8')]));
}

describe.each(FEATURE_FLAGS)('an app %s', (_, flags) => {
  test('uploads the files of a folder under a prefix with their hash, before the job', () => {
    const template = importFrom(directory(folderWith(GOOD)), newStack(flags));
    const { Properties, logicalId } = uploadIn(template);
    const job = onlyResource(template, 'Custom::FhirImportJob');

    expect(Properties).toMatchObject({ Prune: false, DestinationBucketName: { Ref: 'FhirStorageInputBucketF21D88EA' }, DestinationBucketKeyPrefix: expect.stringMatching(PREFIX) });
    expect(job.Properties.InputS3Uri).toEqual({ 'Fn::Join': ['', ['s3://', { Ref: 'FhirStorageInputBucketF21D88EA' }, `/${Properties.DestinationBucketKeyPrefix}`]] });
    expect(job.DependsOn).toContain(logicalId);
    expect(functionIn(template)).toMatchObject({ MemorySize: 512, LoggingConfig: { LogGroup: { Ref: 'FhirImportProviderLogGroup2A2436CF' } } });
  });
});

test('uploads just the .ndjson files, and leaves them unchanged', () => {
  const stack = newStack();
  importInto(stack, { source: directory(folderWith({ ...GOOD, 'README.md': '# Data', '.gitkeep': '', 'with space ä.ndjson': patient('d') })) });

  expect(uploaded(stack)).toEqual({ ...GOOD, 'with space ä.ndjson': patient('d') });
  expect(annotationsOf(directory(folderWith(GOOD)), 'warning')).toEqual([]);
});

test('gives the same template for any folder, and another one if a file has another content or name', () => {
  const templateFor = (files: Record<string, string>) => JSON.stringify(importFrom(directory(folderWith(files))));
  const moved = folderWith(GOOD);
  renameSync(moved, `${moved}-moved`);

  expect(JSON.stringify(importFrom(directory(relative(process.cwd(), `${moved}-moved`))))).toBe(templateFor(GOOD));
  expect(templateFor({ ...GOOD, 'Patient.ndjson': patient('a') })).not.toBe(templateFor(GOOD));
  expect(templateFor({ 'P.ndjson': GOOD['Patient.ndjson'], 'more/Patient.ndjson': patient('c') })).not.toBe(templateFor(GOOD));
});

test('keeps the logical ids if the content changes', () => {
  const ids = (files: Record<string, string>) => Object.keys(importFrom(directory(folderWith(files))).Resources);

  expect(ids({ 'a.ndjson': patient('a') })).toEqual(ids(GOOD));
});

test('gives its prefix as a string before any import uses it', () => {
  const source = directory(folderWith(GOOD));

  expect(source.prefix).toMatch(PREFIX);
  expect(uploadIn(importFrom(source)).Properties.DestinationBucketKeyPrefix).toBe(source.prefix);
});

test('sets memory, disk, VPC and subnets of the function', () => {
  const stack = newStack();
  const vpc = new ec2.Vpc(stack, 'Vpc', { subnetConfiguration: [ec2.SubnetType.PUBLIC, ec2.SubnetType.PRIVATE_ISOLATED].map((subnetType) => ({ name: subnetType, subnetType })) });
  const template = importFrom(directory(folderWith(GOOD), {
    memoryLimit: 1024, ephemeralStorageSize: Size.gibibytes(2), vpc, vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
  }), stack, { storage: new FhirStorage(stack, 'Storage') });
  const { VpcConfig: vpcConfig, ...others } = functionIn(template);

  expect(others).toMatchObject({ MemorySize: 1024, EphemeralStorage: { Size: 2048 } });
  expect(vpcConfig.SubnetIds).toEqual(vpc.isolatedSubnets.map(({ subnetId }) => stack.resolve(subnetId) as unknown));
});

test('warns of subnets from which the function can\'t reach S3', () => {
  const stack = newStack();
  const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 0 });
  importFrom(directory(folderWith(GOOD), { vpc }), stack);

  expect(Annotations.fromStack(stack).findWarning('/Stack/Import', Match.anyValue()).map(({ entry }) => entry.data)).toEqual([
    expect.stringMatching(/^the functions run in isolated subnets of the VPC "Stack\/Vpc", .* hangs for up to an hour; .*\[ack: cdk-healthlake-import:no-way-out\]$/),
  ]);
});

test('the imports of a stack that share a source share its upload, and a revision gives another data set', () => {
  const stack = newStack();
  const source = directory(folderWith(GOOD));
  const first = importInto(stack, { source });
  importInto(stack, { source, revision: '2' }, 'Second').executeAfter(first);
  const template = templateOf(stack);
  const { logicalId } = uploadIn(template);

  expect(resourcesOfType(template, 'Custom::FhirImportJob').map(({ DependsOn }) => DependsOn?.includes(logicalId))).toEqual([true, true]);
});

test('two sources of the same files cause no warning', () => {
  const stack = newStack();
  const [one, same] = [folderWith(GOOD), folderWith(GOOD)].map((path) => directory(path));
  importInto(stack, { source: same, revision: '2' }, 'Second').executeAfter(importInto(stack, { source: one }));

  expect(countsByType(templateOf(stack))).toMatchObject({ 'Custom::CDKBucketDeployment': 2 });
  Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
});

test('an import in a nested stack waits for its upload', () => {
  const stack = newStack();
  const nested = new NestedStack(stack, 'Nested');
  importInto(nested as Stack, { source: directory(folderWith(GOOD)), storage: new FhirStorage(stack, 'Storage') });
  const template = templateOf(nested);

  expect(onlyResource(template, 'Custom::FhirImportJob').DependsOn).toContain(uploadIn(template).logicalId);
});

test('writes no data if the stack is not selected', () => {
  const stack = newStack({ 'aws:cdk:bundling-stacks': ['Other'] });
  importInto(stack, { source: directory(folderWith(GOOD)) });
  templateOf(stack);

  expect(readdirSync(Stage.of(stack)!.outdir, { recursive: true }).filter((name) => String(name).endsWith('.ndjson'))).toEqual([]);
});

describe('the checks', () => {
  test('name the file, line, problem and remedy, the first ten places and the count of all, but no id', () => {
    const lines = Array.from({ length: 13 }, () => `{"resourceType":"Patient","id":"${HIDDEN_ID}!"}\n`).join('');
    const path = folderWith({ 'Patient.ndjson': `${patient('a')}not json\n`, 'bad.ndjson': lines });
    const errors = annotationsOf(directory(path), 'error');

    expect(errors).toEqual([
      expect.stringMatching(/^FhirSource\.directory\("[^"]+"\): the id is not legal, at bad\.ndjson:1, .*bad\.ndjson:10 \(13 in all\); use 1 to 64 letters/),
      expect.stringMatching(/: the line is not JSON, at Patient\.ndjson:2; correct the line/),
    ]);
    expect(errors.join()).not.toContain(HIDDEN_ID);
  });

  test('leave out the upload if there is an error', () => {
    const template = importFrom(directory(folderWith({ 'Patient.ndjson': 'not json\n' })));

    expect(countsByType(template)).not.toHaveProperty('Custom::CDKBucketDeployment');
  });

  test('give warnings that can be acknowledged', () => {
    const path = folderWith({ 'Patient.ndjson': patient(HIDDEN_ID) + patient(HIDDEN_ID) });
    const [warning] = annotationsOf(directory(path), 'warning');

    expect(warning).toMatch(/: two resources have the same type and id.*, at Patient\.ndjson:2 and Patient\.ndjson:1; .* \[ack: cdk-healthlake-import:repeated-id\]$/);
    expect(warning).not.toContain(HIDDEN_ID);
  });

  test.each([
    ['a missing folder', () => join(folderWith({}), 'missing'), 'the folder does not exist; check the path; a relative path starts at the working directory'],
    ['a file', () => join(folderWith(GOOD), 'Patient.ndjson'), 'the path is not a folder; give the path of the folder that has the files'],
    ['an empty folder', () => folderWith({}), 'no .ndjson file has content; give each input file a name that ends in .ndjson, in lower case'],
    ['a folder with other files only', () => folderWith({ 'a.json': '{}' }), 'no .ndjson file has content; give each input file'],
    ['a file with a newline in its name', () => folderWith({ 'a\nb.ndjson': '' }), 'a name has a control character, a "\\" or bytes that are not UTF-8, at a\\nb.ndjson; rename the file or folder'],
  ])('fail for %s', (_, path, message) => {
    expect(annotationsOf(directory(path()), 'error')).toEqual([expect.stringContaining(`"): ${message}`)]);
  });

  test('advise FhirSource.bundles() for files that it can convert', () => {
    expect(annotationsOf(directory(folderWith({ 'a.ndjson': '{\n"resourceType": "Patient",\n"id": "a"\n}\n' })), 'error'))
      .toEqual([expect.stringMatching(/; convert the file .*, or use FhirSource\.bundles\(\)$/)]);
  });
});

describe('FhirSource.bundles()', () => {
  const bundles = (path: string) => FhirSource.bundles(path, { dataIsSynthetic: true });
  const bundle = (...resources: object[]) => JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry: resources.map((resource) => ({ resource })) }, null, 2);

  test('uploads the entries of Bundles as lines', () => {
    const stack = newStack();
    const path = folderWith({ 'a.json': bundle({ resourceType: 'Patient', id: 'a' }, { resourceType: 'Patient', id: 'b' }), 'README.md': '# Data' });
    importInto(stack, { source: bundles(path) });

    expect(uploaded(stack)).toEqual({ 'a.ndjson': patient('a') + patient('b') });
    expect(bundles(path).prefix).toBe(directory(folderWith({ 'a.ndjson': patient('a') + patient('b') })).prefix);
  });

  test('names the file and the entry of a problem, but no value', () => {
    const path = folderWith({ 'a.json': bundle({ resourceType: 'Patient', id: 'a' }, { resourceType: 'Patient', id: `${HIDDEN_ID}!` }), 'b.json': '{' });

    expect(annotationsOf(bundles(path), 'error')).toEqual([
      expect.stringMatching(/^FhirSource\.bundles\("[^"]+"\): the id is not .*, at a\.json:1 entry 2; /),
      expect.stringMatching(/ JSON, at b\.json:1; /),
    ]);
  });

  test('names the file and the resource of a problem that a check of the lines finds', () => {
    const path = folderWith({ 'a.json': bundle({ resourceType: 'Patient', id: 'a', managingOrganization: { reference: `Organization/${HIDDEN_ID}` } }) });

    expect(annotationsOf(bundles(path), 'info')).toEqual([expect.stringMatching(/the target of a reference is not in the data set, at a\.json resource 1; /)]);
  });

  test('names only the reason why no file can be converted', () => {
    expect(annotationsOf(bundles(folderWith({ 'a.json': '{' })), 'error')).toEqual([expect.stringMatching(/ JSON, at a\.json:1; /)]);
  });

  test.each([[{}], [{ 'a.ndjson': '' }], [{ 'README.md': '# Data' }]])('fails for a folder with %j', (files) => {
    expect(annotationsOf(bundles(folderWith(files)), 'error')).toEqual([expect.stringContaining('no file has a FHIR resource; give the files names that end in .json')]);
  });
});

describe('a second synthesis', () => {
  test('neither reads nor writes unchanged files', () => {
    const path = folderWith(GOOD);
    const app = newApp();
    const synthesize = (id: string) => {
      const stack = new Stack(app, id);
      importInto(stack, { source: directory(path) });
      return templateOf(stack);
    };
    jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 5000);
    const first = synthesize('First');
    const cache = join(app.assetOutdir, '.fhir-ndjson.json');
    writeFileSync(cache, readFileSync(cache, 'utf8').replace(/"hash":"[0-9a-f]{20}"/, '"hash":"00000000000000000000"'));

    expect(uploadIn(first).Properties.DestinationBucketKeyPrefix).not.toBe('fhir/00000000000000000000/');
    expect(fhirNdjson().prepareFolder({ path, content: 'ndjson' }, app.assetOutdir).hash).toBe('00000000000000000000');
    jest.restoreAllMocks();
  });

  test('keeps no ids in its cache', () => {
    const stack = newStack();
    jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 5000);
    importInto(stack, { source: directory(folderWith({ 'Patient.ndjson': patient(HIDDEN_ID) + patient(HIDDEN_ID) })) });
    jest.restoreAllMocks();

    expect(readFileSync(join(Stage.of(stack)!.assetOutdir, '.fhir-ndjson.json'), 'utf8')).not.toContain(HIDDEN_ID);
  });
});

describe('the limits', () => {
  const MIB = 1024 ** 2;
  test.each([
    [{ bytes: 250 * MIB, files: 20 }, undefined, undefined],
    [{ bytes: 300 * MIB, files: 20 }, undefined, 'the upload needs twice the size of its files on its disk, which is 601 MiB, got 512 MiB; set ephemeralStorageSize to Size.mebibytes(601) or more'],
    [{ bytes: 300 * MIB, files: 20 }, Size.gibibytes(1), undefined],
    [{ bytes: 6000 * MIB, files: 20 }, Size.gibibytes(10), 'the upload takes files of up to 5120 MiB, got 6000 MiB; upload the files to a bucket and use FhirSource.bucket()'],
    [{ bytes: MIB, files: 10_001 }, undefined, 'the upload takes up to 10000 files, got 10001; join files, or upload them to a bucket and use FhirSource.bucket()'],
  ])('of %j with the disk %s', (size, ephemeralStorageSize, error) => {
    const stack = newStack();
    const isGood = checkFiles(stack, 'source', { ...size, hash: '', problems: [] }, ephemeralStorageSize);

    expect(isGood).toBe(error === undefined);
    expect(Annotations.fromStack(stack).findError('*', Match.anyValue()).map(({ entry }) => String(entry.data))).toEqual(error ? [expect.stringContaining(error)] : []);
  });
});

test.each([
  ['dataIsSynthetic: false', { dataIsSynthetic: false }, 'FhirSource.directory() needs dataIsSynthetic: true, got false; patient data must not get into a repository'],
  ['too little memory', { memoryLimit: 128 }, 'memoryLimit must be a number of at least 256 MiB, got 128'],
  ['a memory that is known at deployment', { memoryLimit: numberParameter(newStack()) }, 'memoryLimit must be a number of at least 256 MiB, got a token'],
  ['a disk that is known at deployment', { ephemeralStorageSize: Size.mebibytes(numberParameter(newStack())) }, 'ephemeralStorageSize must be known at synthesis, got a token'],
  ['subnets without a VPC', { vpcSubnets: {} }, 'vpcSubnets has no meaning without a VPC; give vpc too, or leave vpcSubnets out'],
])('throws for %s', (_, options, message) => {
  expect(() => importFrom(directory(folderWith(GOOD), options))).toThrow(message);
});

test('throws if the folder contains the cloud assembly', () => {
  const app = newApp();

  expect(() => importInto(new Stack(app, 'Stack'), { source: directory(join(app.outdir, '..')) })).toThrow('contains the cloud assembly');
});

test('throws for an import of another version of the library, which would not wait for the upload', () => {
  const stack = newStack();

  expect(() => directory(folderWith(GOOD))._locate(new FhirStorage(stack, 'Storage'))).toThrow('install one version only');
});

test('the types of the bundle in assets/ fit the package', () => {
  const fits: FhirNdjson = folder;

  expect(Object.keys(fhirNdjson())).toEqual(Object.keys(fits));
});
