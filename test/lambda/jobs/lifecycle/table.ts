import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StackStatus } from '@aws-sdk/client-cloudformation';
import { DescribeFHIRImportJobCommand, type ImportJobProperties as ImportJob, ListFHIRImportJobsCommand } from '@aws-sdk/client-healthlake';
import { fingerprintOf } from '../../../../lambda/import/fingerprint';
import { Aws, DATASTORE, FINGERPRINT, importJob, JOB, JOB_ID, jobEvent, report, T0 } from '../../harness';

/** The rows of docs/lifecycle.md by id. `decision` is the code at the beginning of the last column. `situation` is the text of the columns before. */
const TABLE = new Map(readFileSync(join(__dirname, '../../../../docs/lifecycle.md'), 'utf8')
  .split('\n')
  .map((line) => /^\| ([JWOD]\d+) \| (.*) \| `([^`]+)`[^|]*\|$/.exec(line))
  .filter((match) => match !== null)
  .map(([, name, situation, decision]) => [name, { situation, decision }] as const));

const tested = new Set<string>();
export let aws: Aws;

/** The decisions that the state machine of the monitor takes without the handler: `pause` or `try again`. */
export let moves: string[];

/** Tests a row of docs/lifecycle.md. The log or `moves` must contain the decision of the row. */
export function row(name: string, test: () => Promise<unknown>): void {
  const { situation, decision } = TABLE.get(name) ?? {}; // the test fails if docs/lifecycle.md has no such row
  tested.add(name);
  it(`${name} (${situation}): ${decision}`, async () => {
    await test();
    const decisions = aws.lines.map((line) => (JSON.parse(line) as { decision?: string }).decision).filter((logged) => logged !== undefined);
    decisions.push(...moves);
    expect(decisions.length > 0 ? decisions : ['keep the id']).toContain(decision);
  });
}

/** Checks that the calling test file tests exactly the rows of docs/lifecycle.md that `isTestedHere` selects. */
export function testsAllRows(isTestedHere: (kind: string, number: number) => boolean): void {
  test('every row of docs/lifecycle.md that belongs to this file is tested', () => {
    const rows = [...TABLE.keys()].filter((name) => isTestedHere(name[0], Number(name.slice(1))));
    expect(rows.length).toBeGreaterThan(10);
    expect([...tested].sort()).toEqual(rows.sort());
  });
}

beforeEach(() => {
  aws = new Aws();
  moves = [];
});
afterEach(() => aws.close());

export function described(at: (now: number) => Partial<ImportJob>): void {
  aws.healthlake.on(DescribeFHIRImportJobCommand).callsFake(() => ({ ImportJobProperties: importJob(at(Date.now())) }));
}

/** Sets the jobs that ListFHIRImportJobs returns for a request with `SubmittedAfter`. For other requests, it returns no jobs. */
export function newJobsAre(...jobs: ImportJob[]): void {
  aws.healthlake.on(ListFHIRImportJobsCommand).callsFake(({ SubmittedAfter }) => ({ ImportJobPropertiesList: SubmittedAfter ? jobs : [] }));
}

export const startsOf = () => aws.sent('StartFHIRImportJob') as { ClientToken: string; DatastoreId: string }[];
export const GOOD = { JobStatus: 'COMPLETED', JobProgressReport: report(9, 9, 0) } as const;
export const WITH_ERRORS = { JobStatus: 'COMPLETED_WITH_ERRORS', JobProgressReport: report(9, 8, 1) } as const;
export const FAILED = { JobStatus: 'FAILED' } as const;
export const RUNNING = { JobStatus: 'IN_PROGRESS' } as const;
export const job = (JobId: string, changes: Partial<ImportJob>): ImportJob => importJob({ JobId, ...changes });

export const OWN_ID = `${DATASTORE}/${JOB_ID}/${FINGERPRINT}`;
export const UNKNOWN_ID = `${DATASTORE}/UNKNOWN/${FINGERPRINT}`;
export const DECLARED = { AlreadyImported: 'true' } as const;
export const DECLARED_ID = `${DATASTORE}/ALREADY_IMPORTED/${FINGERPRINT}`;
export const NEW_DATA = { Revision: '2' };
export const NEW_FINGERPRINT = fingerprintOf({ ...JOB, ...NEW_DATA });
export const NEW_NAME = { JobName: `fhir-import-${NEW_FINGERPRINT}` };

/** Returns the response URL of a CloudFormation event that is delivered this many milliseconds after CloudFormation signed the URL. */
export const late = (ms: number) => ({ ResponseURL: `https://x.s3.amazonaws.com/y?X-Amz-Date=${new Date(T0 - ms).toISOString().replace(/[-:]|\.000/g, '')}` });
export const update = { RequestType: 'Update', PhysicalResourceId: OWN_ID, OldResourceProperties: JOB } as const;
/** An update from revision 2 back to the first data set. For revision 2, the job `new` was started. */
export const back = { ...update, PhysicalResourceId: `${DATASTORE}/new/${NEW_FINGERPRINT}`, OldResourceProperties: { ...JOB, ...NEW_DATA } } as const;

/** The old properties of an update that changes only the data store. */
export const OLD_STORE = { ...JOB, DatastoreId: 'old-store' };
export const repointed = { ...update, OldResourceProperties: OLD_STORE, PhysicalResourceId: `old-store/old/${fingerprintOf(OLD_STORE)}` } as const;
export const REPOINTED = `the data store changed from old-store to ${DATASTORE} and the data set did not; set alreadyImported: true if ${DATASTORE} already has the data `
  + '(restored or copied), or give a new revision to import it over what is there';

export async function starts(event = jobEvent(), token?: string): Promise<string> {
  expect(await aws.run(event)).toMatchObject({ data: { JobId: JOB_ID } });
  expect(startsOf()).toHaveLength(1);
  if (token !== undefined) {
    expect(startsOf()[0].ClientToken).not.toBe(token);
  }
  return startsOf()[0].ClientToken;
}

/** Expects that `Job` fails at once with this reason and starts no import job. */
export async function refuses(event: ReturnType<typeof jobEvent>, why: string): Promise<void> {
  expect(await aws.run(event)).toEqual({ after: 0, reason: expect.stringMatching(`^no import job was started: .*${why}`.replace(/[()]/g, '\\$&')) });
  expect(startsOf()).toEqual([]);
}

/** Expects that `Job` answers with ALREADY_IMPORTED at once and starts no import job. */
export async function declares(event: ReturnType<typeof jobEvent>): Promise<void> {
  expect(await aws.run(event)).toEqual({ after: 0, physicalId: DECLARED_ID, data: { JobId: 'ALREADY_IMPORTED', InputChanged: 'UNKNOWN' } });
  expect(startsOf()).toEqual([]);
}

export async function answersWith(jobId: string, event = jobEvent()): Promise<void> {
  expect(await aws.run(event)).toMatchObject({ data: { JobId: jobId }, physicalId: expect.stringContaining(`/${jobId}/`) });
  expect(startsOf()).toEqual([]);
}

export const inRollBack = (status: StackStatus = 'UPDATE_ROLLBACK_IN_PROGRESS') => aws.stackIs(status);

/** A physical id such as CloudFormation generates if it cancels a creation before the provider answers. */
export const INVENTED_ID = 'Import-ImportJob-1ABCDEFGHIJKL';

/** Expects that a deletion succeeds without any call to AWS. */
export async function ignoresDeletion(event: ReturnType<typeof jobEvent>): Promise<void> {
  expect(await aws.run(event)).toMatchObject({ physicalId: event.PhysicalResourceId, data: {} });
  expect(aws.callCount).toBe(0);
}
