import { type App, CfnOutput, Stack } from 'aws-cdk-lib';
import { type Existing, existing, Laptop, patients } from './harness/laptop';
import { Completion, ErrorTolerance, FhirImport, type FhirImportProps, FhirSource } from '../../src';

jest.setTimeout(180_000);

/** The life of a stack whose import goes well, told by the jobs that HealthLake has after each deployment. */
describe('a stack with an import', () => {
  let laptop: Laptop;
  let data: Existing;

  const app = (props: Partial<FhirImportProps> = {}) => (root: App) => {
    const stack = new Stack(root, 'Import');
    const { datastore, data: bucket } = existing(stack, data);
    const fhirImport = new FhirImport(stack, 'Patients', {
      datastore,
      source: FhirSource.bucket(bucket, 'export/2026'),
      ...props,
    });
    for (const name of ['jobId', 'jobStatus', 'outputLocation', 'resourcesScanned', 'resourcesImported', 'resourcesFailed'] as const) {
      new CfnOutput(stack, name, { value: fhirImport[name] });
    }
  };

  beforeAll(async () => {
    laptop = await Laptop.open();
    data = await laptop.existingData('hospital-data');
    await laptop.upload(data.bucket, 'export/2026/Patient.ndjson', patients(40));
    await laptop.upload(data.bucket, 'export/2026-old/Patient.ndjson', patients(5, 'other'));
  });

  afterAll(async () => laptop.close());

  test('creating it imports the data and tells how it went', async () => {
    const { exitCode, output } = await laptop.cdk('deploy', app());
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

  test('deploying it unchanged does nothing, and diff shows no differences', async () => {
    expect((await laptop.cdk('deploy', app())).output).toContain('(no changes)');
    expect((await laptop.cdk('diff', app())).output).toContain('There were no differences');
    expect(laptop.jobs()).toHaveLength(1);
  });

  test('another tolerance, time-out and output prefix start no job and lose no attribute', async () => {
    const { exitCode } = await laptop.cdk('deploy', app({
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

  test('a new revision imports the data again, over what is there', async () => {
    const { exitCode } = await laptop.cdk('deploy', app({ revision: '2' }));
    expect(exitCode).toBe(0);
    expect(laptop.jobs().map(({ JobStatus: status }) => status)).toEqual(['COMPLETED', 'COMPLETED']);
    expect(laptop.output('Import', 'jobId')).toBe(laptop.jobs()[1].JobId);
    expect(laptop.aws.healthlake.healthLake.resource(data.datastoreId, 'Patient', 'p-0')).toMatchObject({ versionId: 2 });
  });

  test('destroying it leaves the data, and a stack made anew finds the job', async () => {
    expect((await laptop.cdk('destroy', app({ revision: '2' }))).exitCode).toBe(0);
    expect(laptop.aws.healthlake.healthLake.resources(data.datastoreId)).toHaveLength(40);

    const again = await laptop.cdk('deploy', app({ revision: '2' }));
    expect(again.exitCode).toBe(0);
    expect(laptop.jobs()).toHaveLength(2);
    expect(laptop.output('Import', 'jobId')).toBe(laptop.jobs()[1].JobId);
  });

  test('no function was refused its log', () => {
    expect(laptop.logs()).toContain('"message":"import progress"');
  });
});
