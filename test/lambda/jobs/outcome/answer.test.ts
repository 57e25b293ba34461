import { IMPORT } from '../../../../lambda/import/kind';
import { evidenceOf } from '../../../../lambda/jobs/evidence';
import type { JobDescription } from '../../../../lambda/jobs/healthlake-job';
import { attributesOf, sentencesOf } from '../../../../lambda/jobs/outcome/answer';
import type { ImportOutcomeProperties } from '../../../../src/contract';

const PROPERTIES: ImportOutcomeProperties = {
  ContractVersion: '1',
  DatastoreId: 'd',
  JobId: 'j',
  OperatorRoleArn: 'arn:aws:iam::123456789012:role/operator',
  ErrorTolerance: { Kind: 'NONE' },
  OutputS3Uri: 's3://clinic-results/Import/',
  TimeoutSeconds: '3000',
};

const jobOf = (changes: Partial<JobDescription>): JobDescription => ({
  JobId: 'j', JobStatus: 'IN_PROGRESS', SubmitTime: new Date(0), DatastoreId: 'd', ...changes,
});

describe('the answer of Outcome', () => {
  const LOCATION = 's3://clinic-results/Import/d-FHIR_IMPORT-j/';
  const described = jobOf({
    JobStatus: 'COMPLETED_WITH_ERRORS',
    JobOutputDataConfig: { S3Configuration: { S3Uri: 's3://as-described/', KmsKeyId: 'k' } },
    JobProgressReport: { TotalNumberOfResourcesScanned: 10, TotalNumberOfResourcesImported: 7, TotalNumberOfResourcesWithCustomerError: 2 },
  });
  const judged = { status: 'COMPLETED', counts: { scanned: 5, imported: 5, failed: 0 } };
  const unknown = { ResourcesScanned: 'UNKNOWN', ResourcesImported: 'UNKNOWN', ResourcesFailed: 'UNKNOWN' };

  test.each([
    ['without evidence', attributesOf(IMPORT, PROPERTIES, undefined), { JobId: 'j', JobStatus: 'UNKNOWN', OutputLocation: LOCATION, ReportLocation: 'UNKNOWN', ...unknown }],
    ['without a progress report', attributesOf(IMPORT, PROPERTIES, undefined, evidenceOf(IMPORT, jobOf({}))), { JobId: 'j', JobStatus: 'IN_PROGRESS', OutputLocation: LOCATION, ReportLocation: 'UNKNOWN', ...unknown }],
    ['with a progress report', attributesOf(IMPORT, PROPERTIES, undefined, evidenceOf(IMPORT, described)), {
      JobId: 'j', JobStatus: 'COMPLETED_WITH_ERRORS', ResourcesScanned: '10', ResourcesImported: '7', ResourcesFailed: '3', OutputLocation: 's3://as-described/', ReportLocation: 'UNKNOWN',
    }],
    ['for a job that was judged before', attributesOf(IMPORT, PROPERTIES, judged, evidenceOf(IMPORT, described)), {
      JobId: 'j', JobStatus: 'COMPLETED', ResourcesScanned: '5', ResourcesImported: '5', ResourcesFailed: '0', OutputLocation: 's3://as-described/', ReportLocation: 'UNKNOWN',
    }],
    ['for a job that was judged before and is gone', attributesOf(IMPORT, PROPERTIES, judged), {
      JobId: 'j', JobStatus: 'COMPLETED', ResourcesScanned: '5', ResourcesImported: '5', ResourcesFailed: '0', OutputLocation: LOCATION, ReportLocation: 'UNKNOWN',
    }],
  ])('has the expected attributes in the case "%s"', (_what, attributes, expected) => {
    expect(attributes).toEqual(expected);
  });

  test('for a failure, names the reason, the counts, HealthLake\'s message, the location of the results and the advice', () => {
    const sentences = sentencesOf(IMPORT, PROPERTIES, 'Update', {
      kind: 'failed', why: 'it failed', advice: 'errors', evidence: evidenceOf(IMPORT, { ...described, Message: 'see s3://clinic/Ada-Lovelace' }),
    });
    expect(sentences).toEqual([
      'FHIR import job j: it failed',
      'status COMPLETED_WITH_ERRORS, resources scanned 10, imported 7, failed 3',
      '',
      'HealthLake says (full text: aws healthlake describe-fhir-import-job): see ***',
      'results: s3://as-described/',
      expect.stringMatching(/^mend the resources listed under FAILURE\/.*--no-rollback.*errorTolerance$/),
    ]);
    expect(sentencesOf(IMPORT, PROPERTIES, 'Create', { kind: 'failed', why: 'it failed', advice: 'access' })).toEqual([
      'FHIR import job j: it failed', `results: ${LOCATION}`, expect.stringMatching(/^correct the permissions/),
    ]);
  });

  test('warns, if a creation times out, that the roll-back removes the data access role', () => {
    const [, , ofUpdate] = sentencesOf(IMPORT, PROPERTIES, 'Update', { kind: 'failed', why: 'it failed', advice: 'timeout' });
    expect(ofUpdate).toMatch(/goes on at HealthLake; deploy again later, which finds it/);
    const [, , ofCreation] = sentencesOf(IMPORT, PROPERTIES, 'Create', { kind: 'failed', why: 'it failed', advice: 'timeout' });
    expect(ofCreation).toMatch(/a roll-back of this creation removes the data access role.* --no-rollback.* dataAccessRole/);
  });
});
