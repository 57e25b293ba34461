import { Aspects, type Stack } from 'aws-cdk-lib';
import { CfnRole } from 'aws-cdk-lib/aws-iam';
import { importApp } from './harness/import-app';
import { type Existing, Laptop, patients } from './harness/laptop';
import { CANARY } from '../support/canary';

jest.setTimeout(180_000);

describe('a failed import', () => {
  let laptop: Laptop;
  let data: Existing;

  beforeAll(async () => {
    laptop = await Laptop.open();
    data = await laptop.existingData('hospital-data');
  });

  afterAll(async () => laptop.close());

  test('the deployment shows the reason and starts no job when no .ndjson object of the input has content', async () => {
    await laptop.upload(data.bucket, `in/${CANARY}.NDJSON`, patients(3));
    await laptop.upload(data.bucket, `in/${CANARY}.ndjson`, []);
    const { exitCode, output } = await laptop.cdk('deploy', importApp(data));
    expect(exitCode).toBe(1);
    expect(oneLine(output)).toContain('no import job was started: there is no .ndjson object with content under s3://hospital-data/in/, '
      + 'only 1 .ndjson in another case, 1 empty .ndjson; rename the objects so that they end in .ndjson, in lower case');
    expect(laptop.jobs()).toEqual([]);
    await laptop.remove(data.bucket, `in/${CANARY}.ndjson`);
  });

  test('the deployment shows the reason and starts no job when iam:PassRole is missing', async () => {
    await laptop.upload(data.bucket, 'in/Patient.ndjson', patients(3));
    const withoutPassRole = (stack: Stack) => Aspects.of(stack).add({
      visit: (node) => {
        if (node instanceof CfnRole && node.node.path.endsWith('OperatorRole/Resource')) {
          node.addPropertyOverride('Policies.0.PolicyDocument.Statement.1.Effect', 'Deny');
        }
      },
    });
    const { exitCode, output } = await laptop.cdk('deploy', importApp(data, {}, withoutPassRole));
    expect(exitCode).toBe(1);
    expect(oneLine(output)).toMatch(/could not start the import job: AccessDeniedException: .*iam:PassRole/);
    expect(oneLine(output)).toContain('likely causes: the operator role may not pass the data access role');
    expect(laptop.jobs()).toEqual([]);
    expect(laptop.stack('Import').status).toBe('ROLLBACK_COMPLETE');
  });

  test('the deployment shows one reason and rolls back when HealthLake rejects resources', async () => {
    await laptop.upload(data.bucket, `in/${CANARY}.ndjson`, [
      { resourceType: 'Patient', id: `${CANARY}_1`, name: [{ family: CANARY }] },
      { resourceType: 'Patient', name: [{ family: CANARY }] },
    ]);
    const { exitCode, output } = await laptop.cdk('deploy', importApp(data));
    expect(exitCode).toBe(1);
    expect(laptop.jobs()).toMatchObject([{ JobStatus: 'COMPLETED_WITH_ERRORS' }]);
    expect(laptop.stack('Import').status).toBe('ROLLBACK_COMPLETE');

    const [{ JobId: jobId, JobOutputDataConfig: results }] = laptop.jobs();
    const reasons = laptop.reasons('Import').filter((reason) => reason.includes('FHIR import job'));
    expect(reasons).toHaveLength(1);
    expect(reasons[0]).toContain(`FHIR import job ${jobId}`);
    expect(reasons[0]).toContain('scanned 5, imported 3, failed 2');
    expect(reasons[0]).toContain(results?.S3Configuration?.S3Uri);
    expect(reasons[0]).toMatch(/most often: 1 x processing "[^"]*resourceId[^"]*" \(Patient\), 1 x processing "Missing required id field/);
    expect(output).toContain('❌');
    expect(output).toMatch(/Logs from /);
    expect(laptop.logs()).toContain('"skipped":1,"kinds":"1 .ndjson in another case","files":2');

    const [, , bucket, ...folder] = results!.S3Configuration!.S3Uri!.split('/');
    const report = JSON.parse((await laptop.aws.s3.getObject(laptop.aws.iam.admin, bucket, `${folder.join('/')}report.json`)).toString()) as Report;
    expect(report).toMatchObject({
      version: 1, complete: true, job: { jobId }, failures: { count: 2 }, manifest: { resourcesScanned: 5, resourcesImported: 3 },
    });
    expect(JSON.stringify(withoutKeys(report))).not.toContain(CANARY);
    expect(JSON.stringify(report)).toContain(`${CANARY}.ndjson`);
  });

  test('logs, stack events and terminal output contain no patient data', () => {
    expect(laptop.visibleText()).toContain('COMPLETED_WITH_ERRORS');
    expect(laptop.visibleText()).not.toContain(CANARY);
  });

  test('a repeated deployment succeeds after the data is repaired', async () => {
    await laptop.remove(data.bucket, `in/${CANARY}.ndjson`);
    expect(await laptop.deploy(importApp(data))).toBe(0);
    expect(laptop.jobStatuses()).toEqual(['COMPLETED_WITH_ERRORS', 'COMPLETED']);
    expect(new Set(laptop.jobs().map(({ JobName: name }) => name)).size).toBe(1);
  });

  test('the roll-back of an update starts no job', async () => {
    await laptop.upload(data.bucket, 'in/more.ndjson', [{ resourceType: 'Patient', id: 'not_legal' }]);
    await laptop.upload(data.bucket, 'in/array.ndjson', [patients(2)]);
    expect(await laptop.deploy(importApp(data, { revision: '2' }))).toBe(1);
    expect(laptop.reasons('Import').join()).toContain('likely cause of the invalid JSON: a byte order mark, a blank first line, or a file that is not NDJSON');
    expect(laptop.stack('Import').status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(laptop.jobStatuses()).toEqual(['COMPLETED_WITH_ERRORS', 'COMPLETED', 'COMPLETED_WITH_ERRORS']);
  });
});

type Report = Readonly<Record<string, unknown>>;

/** Returns the failure report without its S3 object keys. Only these keys may contain patient data. */
function withoutKeys(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(withoutKeys);
  }
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).filter(([name]) => !/key$/i.test(name)).map(([name, item]) => [name, withoutKeys(item)]))
    : value;
}

/** Replaces each run of white space with one space, because the CLI wraps long messages. */
function oneLine(output: string): string {
  return output.replace(/\s+/g, ' ');
}
