import { Completion, ErrorTolerance, type FhirImportProps, FhirSource } from '../../src';
import { addOutputs, importApp } from './harness/import-app';
import { type Existing, Laptop, patients } from './harness/laptop';

jest.setTimeout(180_000);

describe('a stack with a successful import', () => {
  let laptop: Laptop;
  let data: Existing;

  const app = (props: Partial<FhirImportProps> = {}) => importApp(
    data,
    (_, bucket) => ({ source: FhirSource.bucket(bucket, 'export/2026'), ...props }),
    (_, fhirImport) => addOutputs(fhirImport, 'jobStatus', 'outputLocation', 'resourcesScanned', 'resourcesImported', 'resourcesFailed'),
  );

  beforeAll(async () => {
    laptop = await Laptop.open();
    data = await laptop.existingData('hospital-data');
    await laptop.upload(data.bucket, 'export/2026/Patient.ndjson', patients(40));
    await laptop.upload(data.bucket, 'export/2026-old/Patient.ndjson', patients(5, 'other'));
  });

  afterAll(async () => laptop.close());

  test('the first deployment imports the data and sets the stack outputs to the attributes of the import', async () => {
    const { pollScale } = laptop;
    laptop.pollScale = 1; // in this deployment, the CLI's pauses between polls keep their real length
    const { exitCode, output } = await laptop.cdk('deploy', app());
    laptop.pollScale = pollScale;
    expect(output).toContain('Import.jobStatus = COMPLETED');
    expect(exitCode).toBe(0);

    const [job, ...others] = laptop.jobs();
    expect(others).toEqual([]);
    expect(job).toMatchObject({ JobStatus: 'COMPLETED', ValidationLevel: 'strict', JobName: expect.stringMatching(/^fhir-import-[0-9a-f]{20}$/) });
    expect(laptop.output('Import', 'jobId')).toBe(job.JobId);
    expect(laptop.output('Import', 'outputLocation')).toBe(job.JobOutputDataConfig?.S3Configuration?.S3Uri);
    expect(['Scanned', 'Imported', 'Failed'].map((name) => laptop.output('Import', `resources${name}`))).toEqual(['40', '40', '0']);
    expect(laptop.aws.healthlake.healthLake.resources(data.datastoreId)).toHaveLength(40);

    const [, , bucket, ...folder] = laptop.output('Import', 'outputLocation').split('/');
    expect(await laptop.keys(bucket)).toContain(`${folder.join('/')}Manifest.json`);
  });

  test('a deployment without changes starts no job, and cdk diff shows no differences', async () => {
    expect((await laptop.cdk('deploy', app())).output).toContain('(no changes)');
    expect((await laptop.cdk('diff', app())).output).toContain('There were no differences');
    expect(laptop.jobs()).toHaveLength(1);
  });

  test('a deployment that changes tolerance, time-out, output prefix and job name starts no job and keeps the stack outputs', async () => {
    const exitCode = await laptop.deploy(app({
      errorTolerance: ErrorTolerance.any(),
      completion: Completion.waitFor(),
      outputPrefix: 'elsewhere',
      jobNamePrefix: 'renamed',
    }));
    expect(exitCode).toBe(0);
    expect(laptop.jobs()).toHaveLength(1);
    expect(laptop.output('Import', 'jobId')).toBe(laptop.jobs()[0].JobId);
    expect(laptop.output('Import', 'jobStatus')).toBe('COMPLETED');
    expect(laptop.output('Import', 'resourcesImported')).toBe('40');
    expect(laptop.output('Import', 'outputLocation')).toBe(laptop.jobs()[0].JobOutputDataConfig?.S3Configuration?.S3Uri);
  });

  test('a new revision imports the data again', async () => {
    expect(await laptop.deploy(app({ revision: '2' }))).toBe(0);
    expect(laptop.jobStatuses()).toEqual(['COMPLETED', 'COMPLETED']);
    expect(laptop.output('Import', 'jobId')).toBe(laptop.jobs()[1].JobId);
    expect(laptop.aws.healthlake.healthLake.resource(data.datastoreId, 'Patient', 'p-0')).toMatchObject({ versionId: 2 });
  });

  test('cdk destroy keeps the data, and the next deployment adopts the old job', async () => {
    expect((await laptop.cdk('destroy', app({ revision: '2' }))).exitCode).toBe(0);
    expect(laptop.aws.healthlake.healthLake.resources(data.datastoreId)).toHaveLength(40);

    expect(await laptop.deploy(app({ revision: '2' }))).toBe(0);
    expect(laptop.jobs()).toHaveLength(2);
    expect(laptop.output('Import', 'jobId')).toBe(laptop.jobs()[1].JobId);
  });

  test('the functions can write logs', () => {
    expect(laptop.logs()).toContain('"message":"import progress"');
  });
});
