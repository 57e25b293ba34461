import type { StartFHIRExportJobRequest } from '@aws-sdk/client-healthlake';
import { exportJob, JOB } from './harness';
import { clientTokenOf, copyFingerprintOf, fingerprintOf } from '../../../lambda/export/fingerprint';
import { EXPORT } from '../../../lambda/export/kind';
import { fingerprintOf as importFingerprintOf } from '../../../lambda/import/fingerprint';
import type { WithoutToken } from '../../../lambda/jobs/fingerprint';
import { formatOutcomeId, parseOutcomeId } from '../../../lambda/jobs/physical-ids';
import type { ExportJobProperties } from '../../../src/contract';
import { JOB as IMPORT_JOB } from '../harness';

/** The handler finds earlier jobs by their fingerprint, so a fingerprint must never change. The expected values were computed with `openssl dgst -sha256`. */
describe('fingerprintOf', () => {
  test.each([
    [{}, '76aee62917b3a3b3788b'],
    [{ Revision: '2026-01-15' }, 'e0de0001d51885dff3c5'],
    [{ Revision: 'd\u00e9but' }, '5953a21a525ce9330b5a'],
    [{ Revision: '2026-01-15T03:00:00Z@Clinic/Backup' }, '888654d174450ab28189'],
  ])('gives the properties %j the fingerprint %s in all releases', (changes, expected) => {
    expect(fingerprintOf({ ...JOB, ...changes })).toBe(expected);
  });

  test('returns another fingerprint for another data store', () => {
    expect(fingerprintOf({ ...JOB, DatastoreId: '32839038a2f47f17c2fe0f53f0c3a0ba' })).not.toBe(fingerprintOf(JOB));
  });

  test.each<Partial<ExportJobProperties>>([
    { ContractVersion: '2' }, { ConstructPath: 'x' }, { OperatorRoleArn: 'x' }, { OutputS3Uri: 's3://elsewhere/' }, { OutputKmsKeyId: 'x' },
    { DataAccessRoleArn: 'x' }, { JobNamePrefix: 'nightly' }, { AllowEmpty: 'true' }, { Revision: undefined },
  ])('returns the same fingerprint if the properties change by %j', (changes) => {
    expect(fingerprintOf({ ...JOB, ...changes })).toBe(fingerprintOf(JOB));
  });

  test('returns another fingerprint than that of an import of the same data store', () => {
    expect(fingerprintOf(JOB)).not.toBe(importFingerprintOf(IMPORT_JOB));
  });
});

describe('the fingerprint in the physical id', () => {
  test.each([[undefined, 'd82854981f6e430c005b'], ['2026-01-15', '497ddf47a85306da51ed']])('of the revision %j is %s in all releases', (Revision, expected) => {
    expect(copyFingerprintOf({ ...JOB, Revision }, 'clinic-copies')).toBe(expected);
    expect(EXPORT.idFingerprintOf({ ...JOB, Revision })).toBe(expected);
  });

  test('changes with the bucket, but not with the prefix', () => {
    expect(EXPORT.idFingerprintOf({ ...JOB, OutputS3Uri: 's3://clinic-copies/Other/' })).toBe(EXPORT.idFingerprintOf(JOB));
    expect(EXPORT.idFingerprintOf({ ...JOB, OutputS3Uri: 's3://other-copies/Backup/' })).not.toBe(EXPORT.idFingerprintOf(JOB));
  });
});

describe('client token', () => {
  type Start = WithoutToken<StartFHIRExportJobRequest>;
  const S3Configuration = { S3Uri: JOB.OutputS3Uri, KmsKeyId: JOB.OutputKmsKeyId };
  const START = {
    DatastoreId: JOB.DatastoreId,
    JobName: 'fhir-export-0123456789abcdef0123',
    OutputDataConfig: { S3Configuration },
    DataAccessRoleArn: JOB.DataAccessRoleArn,
  } satisfies Start;

  test('is the same in all releases, because two versions of the handler may send the same start request', () => {
    expect(clientTokenOf(START, [])).toBe('50c885a554cd8784c10b4139ef19c06363d8ad8ea4d3564c8ede9c2e8321889b');
    expect(clientTokenOf(START, ['bbb', 'aaa'])).toBe('74a5136ca06b7f60ba4d33da950b33f4d8c80f29dfcb23686c070851a29dec9c');
  });

  test('differs if any parameter or the list of failed jobs differs', () => {
    const starts: [Start, string[]][] = [
      [START, []],
      [{ ...START, DatastoreId: 'x' }, []],
      [{ ...START, JobName: 'x' }, []],
      [{ ...START, OutputDataConfig: { S3Configuration: { ...S3Configuration, S3Uri: 's3://x/' } } }, []],
      [{ ...START, OutputDataConfig: { S3Configuration: { ...S3Configuration, KmsKeyId: 'x' } } }, []],
      [{ ...START, DataAccessRoleArn: 'x' }, []],
      [START, ['a']],
    ];
    expect(new Set(starts.map(([start, failed]) => clientTokenOf(start, failed))).size).toBe(starts.length);
    expect(Object.keys(START)).toHaveLength(4); // if this fails, add a row to `starts` for the new parameter
  });
});

test('the physical id of Outcome has the files, bytes and resources', () => {
  const judged = { status: 'COMPLETED', counts: { files: 3, bytes: 6000, resources: undefined } };
  const id = { datastoreId: 'd', jobId: 'j', judged };
  expect(formatOutcomeId(EXPORT, id)).toBe('d/j/COMPLETED/3/6000/UNKNOWN');
  expect(parseOutcomeId(EXPORT, formatOutcomeId(EXPORT, id))).toEqual(id);
});

describe('countsAsEarlier', () => {
  const at = (S3Uri: string) => exportJob({ OutputDataConfig: { S3Configuration: { S3Uri, KmsKeyId: 'k' } } });

  test.each([
    [true, at('s3://clinic-copies/Backup/folder/')],
    [true, at('s3://clinic-copies/elsewhere/folder/')],
    [true, exportJob({ OutputDataConfig: undefined })],
    [false, at('s3://clinic-copies-old/Backup/folder/')],
  ])('returns %s for the job %j', (expected, job) => {
    expect(EXPORT.countsAsEarlier(job, JOB)).toBe(expected);
  });
});
