import type { StartFHIRImportJobRequest } from '@aws-sdk/client-healthlake';
import { clientTokenOf, fingerprintOf } from '../../../lambda/import/fingerprint';
import { IMPORT } from '../../../lambda/import/kind';
import { isJobOf, jobNameOf } from '../../../lambda/jobs/fingerprint';
import { formatJobId, parseJobId, formatOutcomeId, parseOutcomeId, formatWaitId } from '../../../lambda/jobs/physical-ids';
import type { ImportJobProperties } from '../../../src/contract';
import { JOB } from '../harness';
import { hex, pseudoRandom } from '../jobs/simulation';

/** The handler finds earlier jobs by their fingerprint, so a fingerprint must never change. The expected values were computed with `openssl dgst`. */
describe('fingerprintOf', () => {
  test.each([
    [{}, '029a72daa07fc79abd11'],
    [{ ValidationLevel: 'structure-only', Revision: '2026-01-15' }, 'c5557f4386429338eb66'],
    [{ ValidationLevel: 'minimal', Revision: 'd\u00e9but' }, 'cd38f2ed931f47d9e9e4'],
  ])('gives the properties %j the fingerprint %s in all releases', (changes, expected) => {
    expect(fingerprintOf({ ...JOB, ...changes })).toBe(expected);
  });

  test.each([
    { DatastoreId: '32839038a2f47f17c2fe0f53f0c3a0ba' },
    { InputS3Uri: 's3://clinic-data/synthea/2/' },
    { InputS3Uri: 's3://clinic-data/' },
    { ValidationLevel: 'minimal' },
    { Revision: '2' },
  ])('returns another fingerprint if the properties change by %j', (changes) => {
    expect(fingerprintOf({ ...JOB, ...changes })).not.toBe(fingerprintOf(JOB));
  });

  test.each<Partial<ImportJobProperties>>([
    { ContractVersion: '2' },
    { OperatorRoleArn: 'arn:aws:iam::123456789012:role/other' },
    { ErrorTolerance: { Kind: 'ANY' } },
    { OutputS3Uri: 's3://elsewhere/' },
    { OutputKmsKeyId: 'arn:aws:kms:eu-west-1:123456789012:key/2' },
    { DataAccessRoleArn: 'arn:aws:iam::123456789012:role/other' },
    { JobNamePrefix: 'nightly' },
    { Revision: undefined },
  ])('returns the same fingerprint if the properties change by %j', (changes) => {
    expect(fingerprintOf({ ...JOB, ...changes })).toBe(fingerprintOf(JOB));
  });

  test('returns another fingerprint if text moves from one property to another', () => {
    expect(fingerprintOf({ ...JOB, ValidationLevel: 'strict","', Revision: '' }))
      .not.toBe(fingerprintOf({ ...JOB, ValidationLevel: 'strict', Revision: '","' }));
  });
});

describe('job name', () => {
  test('matches its fingerprint, whatever its prefix', () => {
    const fingerprint = fingerprintOf(JOB);
    expect(jobNameOf('fhir-import', fingerprint)).toBe('fhir-import-029a72daa07fc79abd11');
    expect(isJobOf(fingerprint, jobNameOf('nightly-load', fingerprint))).toBe(true);
  });

  test('has at most 64 characters, the limit of HealthLake, with the longest prefix', () => {
    expect(jobNameOf('p'.repeat(40), fingerprintOf(JOB)).length).toBeLessThanOrEqual(64);
  });

  test.each([undefined, '', '029a72daa07fc79abd11', 'fhir-import-029a72daa07fc79abd1', 'fhir-import-029a72daa07fc79abd11-2',
    'fhir-import-c5557f4386429338eb66'])('isJobOf returns false for the job name %j', (name) => {
    expect(isJobOf('029a72daa07fc79abd11', name)).toBe(false);
  });
});

describe('client token', () => {
  type Start = Omit<StartFHIRImportJobRequest, 'ClientToken'>;
  const START = {
    DatastoreId: JOB.DatastoreId,
    JobName: 'fhir-import-0123456789abcdef0123',
    InputDataConfig: { S3Uri: JOB.InputS3Uri },
    JobOutputDataConfig: { S3Configuration: { S3Uri: JOB.OutputS3Uri, KmsKeyId: JOB.OutputKmsKeyId } },
    DataAccessRoleArn: JOB.DataAccessRoleArn,
    ValidationLevel: 'strict',
  } satisfies Start;

  test('is the same in all releases, because two versions of the handler may send the same start request', () => {
    expect(clientTokenOf(START, [])).toBe('9cf5ebb0a877de78c42bc0b0169a40aa5b43c7e7191dbabe2daef959565f41b3');
    expect(clientTokenOf(START, ['aaa', 'bbb'])).toBe('e13093cf9291e851ac81cbf7ef87f2d63dbe624714de084ce8bd450aea929151');
  });

  test('doesn\'t depend on the order of the failed jobs', () => {
    const failed = ['c', 'a', 'b'];
    expect(clientTokenOf(START, failed)).toBe(clientTokenOf(START, ['a', 'b', 'c']));
    expect(failed).toEqual(['c', 'a', 'b']);
  });

  test('has a form that HealthLake accepts', () => {
    expect(clientTokenOf(START, ['a'])).toMatch(/^[a-zA-Z0-9-]{1,64}$/);
  });

  test('differs if any parameter or the list of failed jobs differs', () => {
    const output = START.JobOutputDataConfig.S3Configuration;
    const starts: [Start, string[]][] = [
      [START, []],
      [{ ...START, DatastoreId: 'x' }, []],
      [{ ...START, JobName: 'x' }, []],
      [{ ...START, InputDataConfig: { S3Uri: 's3://x/' } }, []],
      [{ ...START, JobOutputDataConfig: { S3Configuration: { ...output, S3Uri: 's3://x/' } } }, []],
      [{ ...START, JobOutputDataConfig: { S3Configuration: { ...output, KmsKeyId: 'x' } } }, []],
      [{ ...START, DataAccessRoleArn: 'x' }, []],
      [{ ...START, ValidationLevel: 'minimal' }, []],
      [START, ['a']],
      [START, ['b']],
      [START, ['a', 'b']],
      [START, ['ab']],
    ];
    expect(new Set(starts.map(([start, failed]) => clientTokenOf(start, failed))).size).toBe(starts.length);
    expect(Object.keys(START)).toHaveLength(6); // if this fails, add a row to `starts` for the new parameter
  });
});

describe('physical id of Job', () => {
  const random = pseudoRandom(1815);

  test('is parsed into its parts', () => {
    for (let i = 0; i < 200; i++) {
      const id = { datastoreId: hex(random, 32), jobId: i % 3 ? hex(random, 32) : undefined, fingerprint: hex(random, 20) };
      expect(parseJobId(formatJobId(id))).toEqual(id);
    }
  });

  test('has the documented form', () => {
    expect(formatJobId({ datastoreId: 'd', jobId: 'j', fingerprint: '029a72daa07fc79abd11' })).toBe('d/j/029a72daa07fc79abd11');
    expect(formatJobId({ datastoreId: 'd', fingerprint: '029a72daa07fc79abd11' })).toBe('d/pending/029a72daa07fc79abd11');
    expect(parseJobId('d/ALREADY_IMPORTED/029a72daa07fc79abd11')).toEqual({ datastoreId: 'd', jobId: 'ALREADY_IMPORTED', fingerprint: '029a72daa07fc79abd11' });
  });

  test.each([
    undefined, '', 'Stack-ImportJob-1ABCDEFGHIJKL', '2026/01/15/[$LATEST]0123456789abcdef0123', 'AWSCDK::CustomResourceProviderFramework::CREATE_FAILED',
    '0f8fad5b-d9cb-469f-a165-70867728950e', 'd/j', 'd/j/029A72DAA07FC79ABD11', 'd/j/029a72daa07fc79abd1', 'd/j/029a72daa07fc79abd112',
    '/j/029a72daa07fc79abd11', 'd//029a72daa07fc79abd11', 'd/j/029a72daa07fc79abd11\n', 'd/j/COMPLETED/1/1/0',
  ])('parseJobId returns undefined for %j', (id) => {
    expect(parseJobId(id)).toBeUndefined();
  });
});

describe('physical id of Outcome', () => {
  const random = pseudoRandom(1843);
  const count = () => (random() < 0.8 ? Math.floor(random() * 1e9) : undefined);

  test('is parsed into its parts', () => {
    for (let i = 0; i < 200; i++) {
      const judged = { status: i % 2 ? 'COMPLETED' : 'COMPLETED_WITH_ERRORS', counts: { scanned: count(), imported: count(), failed: count() } };
      const id = { datastoreId: hex(random, 32), jobId: hex(random, 32), judged: i % 5 ? judged : undefined };
      expect(parseOutcomeId(IMPORT, formatOutcomeId(IMPORT, id))).toEqual(id);
    }
  });

  test('has the documented form', () => {
    const judged = { status: 'COMPLETED_WITH_ERRORS', counts: { scanned: 10, imported: 0, failed: undefined } };
    expect(formatOutcomeId(IMPORT, { datastoreId: 'd', jobId: 'j' })).toBe('d/j');
    expect(formatOutcomeId(IMPORT, { datastoreId: 'd', jobId: 'j', judged })).toBe('d/j/COMPLETED_WITH_ERRORS/10/0/UNKNOWN');
    const declared = { datastoreId: 'd', jobId: 'ALREADY_IMPORTED', judged: { status: 'ALREADY_IMPORTED', counts: {} } };
    expect(formatOutcomeId(IMPORT, declared)).toBe('d/ALREADY_IMPORTED/ALREADY_IMPORTED/UNKNOWN/UNKNOWN/UNKNOWN');
    expect(parseOutcomeId(IMPORT, formatOutcomeId(IMPORT, declared))).toEqual(declared);
  });

  test.each([
    undefined, '', 'd', 'd/', '/j', 'd/j/', 'd/j/COMPLETED', 'd/j/COMPLETED/1/1', 'd/j/COMPLETED/1/1/0/', 'd/j/COMPLETED/1//0', 'd/j/COMPLETED/1/1/0/9',
    'd/j/029a72daa07fc79abd11', 'd/j/FAILED/1/1/0', 'd/j/k/l/m/n', 'Stack-ImportOutcome-1ABCDEFGHIJKL', '2026/01/15/[$LATEST]0123456789abcdef',
    'AWSCDK::CustomResourceProviderFramework::CREATE_FAILED',
  ])('parseOutcomeId returns undefined for %j', (id) => {
    expect(parseOutcomeId(IMPORT, id)).toBeUndefined();
  });

  test('is shorter than CloudFormation\'s limit of 1,024 bytes', () => {
    const judged = { status: 'COMPLETED_WITH_ERRORS', counts: { scanned: 1e12, imported: 1e12, failed: 1e12 } };
    expect(formatOutcomeId(IMPORT, { datastoreId: 'd'.repeat(32), jobId: 'j'.repeat(32), judged }).length).toBeLessThan(1024);
  });
});

describe('physical id of Wait', () => {
  test('has the documented form', () => {
    expect(formatWaitId({ DatastoreId: 'd', JobId: 'j' })).toBe('d/j');
  });

  test('contains only the data store id if the job id is UNKNOWN', () => {
    expect(formatWaitId({ DatastoreId: 'd', JobId: 'UNKNOWN' })).toBe('d');
  });
});
