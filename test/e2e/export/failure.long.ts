import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CANARY } from '../../support/canary';
import { addResults, exportApp, resultsOf, withPatients } from '../harness/export-app';
import { type Laptop, onLaptop } from '../harness/laptop';

jest.setTimeout(180_000);

test('an export of an empty data store fails, and succeeds with allowEmpty without another job', onLaptop({}, async (laptop, data) => {
  const { exitCode, output } = await laptop.cdk('deploy', exportApp(data), '--no-rollback');
  expect(exitCode).toBe(1);
  expect(oneLine(output)).toMatch(/Message returned: FHIR export job [0-9a-f]{32}: the job completed and exported no files; /);
  expect(reasonOf(laptop)).toContain('import data into the data store and deploy again (after --no-rollback with a new revision), or set allowEmpty: true');

  expect(await laptop.deploy(exportApp(data, { allowEmpty: true }, addResults), '--no-rollback')).toBe(0);
  expect(resultsOf(laptop)).toMatchObject({ filesExported: '0', bytesExported: '0', resourcesExported: '0' });
  expect(await laptop.readJson(resultsOf(laptop).reportLocation)).toMatchObject({ files: 0, bytes: 0, resources: 0, types: [] });
  expect(laptop.exports()).toMatchObject([{ JobStatus: 'COMPLETED' }]);
}));

/** The outcomes of the jobs in the order of their start. Undefined means that the job completes. */
const outcomes = [undefined, 'FAILED', 'COMPLETED_WITH_ERRORS'] as const;

test('a failed export fails the deployment with the masked message of HealthLake, and the roll-back starts no job', async () => {
  const statuses = outcomes.values();
  await withPatients({
    healthlake: {
      overrideJob: () => {
        const { value: status } = statuses.next();
        return status && { outcome: { status, message: `The data store has a resource that HealthLake could not write: Patient/${CANARY}` } };
      },
    },
  }, async (laptop, data) => {
    expect(await laptop.deploy(exportApp(data, { revision: '1' }, addResults))).toBe(0);
    const first = resultsOf(laptop);
    for (const [index, status] of outcomes.entries()) {
      if (status) {
        const { exitCode, output } = await laptop.cdk('deploy', exportApp(data, { revision: '2' }, addResults));
        expect(exitCode).toBe(1);
        const { JobId: jobId } = laptop.exports()[index];
        expect(oneLine(output)).toContain(`FHIR export job ${jobId}: the job ended with ${status}`);
        expect(reasonOf(laptop)).toContain('HealthLake says (full text: aws healthlake describe-fhir-export-job): The data store has a resource that');
        expect(reasonOf(laptop)).toContain('deploy again');
        expect(laptop.exports()).toHaveLength(index + 1);
        expect(laptop.stack('Export').status).toBe('UPDATE_ROLLBACK_COMPLETE');
        expect(resultsOf(laptop)).toEqual(first);
      }
    }
    expect(await laptop.deploy(exportApp(data, { revision: '2' }))).toBe(0);
    expect(laptop.exports().map(({ JobStatus: status }) => status)).toEqual(['COMPLETED', 'FAILED', 'COMPLETED_WITH_ERRORS', 'COMPLETED']);
  })();
});

test('a supplied role needs all statements of dataAccessStatements', withPatients({}, async (laptop, data) => {
  const app = (mayWrite: boolean) => exportApp(data, (stack) => ({
    dataAccessRole: new Role(stack, 'Role', { assumedBy: new ServicePrincipal('healthlake.amazonaws.com') }),
  }), (_, { dataAccessStatements, dataAccessRole }) => dataAccessStatements
    .filter(({ actions }) => mayWrite || !actions.includes('s3:PutObject'))
    .forEach((statement) => dataAccessRole.addToPrincipalPolicy(statement)));

  expect(await laptop.deploy(app(false))).toBe(1);
  expect(reasonOf(laptop)).toMatch(/could not start the export job: AccessDeniedException .*s3:PutObject.*; likely causes: the data access role can't use the output bucket/);
  expect(reasonOf(laptop)).not.toMatch(/input|import/i);
  expect(laptop.exports()).toEqual([]);
  expect(laptop.stack('Export').status).toBe('ROLLBACK_COMPLETE');

  expect(await laptop.deploy(app(true))).toBe(0);
  expect(laptop.exports()).toMatchObject([{ JobStatus: 'COMPLETED' }]);
}));

/** Returns the last failure reason of the export: one line. */
function reasonOf(laptop: Laptop): string {
  const [reason] = laptop.reasons('Export').filter((text) => /Message returned: /.test(text));
  return /Message returned: (.*); log group: /.exec(reason)![1];
}

/** Replaces each run of white space with one space, because the CLI wraps long messages. */
function oneLine(output: string): string {
  return output.replace(/\s+/g, ' ');
}
