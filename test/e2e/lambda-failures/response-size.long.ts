import type { Stack } from 'aws-cdk-lib';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { FhirSource } from '../../../src';
import { importApp } from '../harness/import-app';
import { type Laptop, onLaptop, patients } from '../harness/laptop';

jest.setTimeout(300_000);

test.each([
  { operation: 'StartFHIRImportJob', text: 'could not start the import job: AccessDeniedException' },
  { operation: 'DescribeFHIRImportJob', text: 'could not describe the job: AccessDeniedException' },
])('the response to CloudFormation stays within 4 KB when $operation fails with a message of 6,000 characters', async ({ operation, text }) => {
  await onLaptop({}, async (laptop, data) => {
    const message = `with an explicit deny: ${'\u00e4\ud83d\udd25"\\ '.repeat(6000)}`.slice(0, 6000);
    const refusal = { kind: 'error', error: { name: 'AccessDeniedException', message } } as const;
    laptop.aws.router.faults.hook = (_service, called) => called === operation ? refusal : undefined;
    expect(await laptop.deploy(importApp(data))).toBe(1);
    expect(laptop.reasons('Import').join('\n')).toContain(text);
    expect(failures(laptop)).toEqual([expect.stringContaining('deploy again')]);
  })();
});

test('the response to CloudFormation stays within 4 KB when the message of a failed job has 8,000 characters', async () => {
  const message = 'The import failed because of \u00e4\ud83d\udd25"\\ in the data. '.repeat(8000).slice(0, 8000);
  await onLaptop({ healthlake: { overrideJob: () => ({ outcome: { status: 'FAILED', message } }) } }, async (laptop, data) => {
    expect(await laptop.deploy(importApp(data))).toBe(1);
    expect(laptop.reasons('Import').join('\n')).toContain('HealthLake says (full text: aws healthlake describe-fhir-import-job): The import failed because of');
    expect(failures(laptop)).toEqual([expect.stringContaining('deploy again')]);
  })();
});

test('the response to CloudFormation stays within 4 KB with long S3 locations and a revision of the maximum length', async () => {
  const folder = (length: number) => `${'f'.repeat(length - 1)}/`;
  await onLaptop({}, async (laptop, data) => {
    const props = (revision: string) => (_stack: Stack, bucket: IBucket) => ({
      source: FhirSource.bucket(bucket, folder(1000)),
      outputPrefix: folder(800), // S3 limits keys to 1,024 bytes, and HealthLake appends the job's folder and file names
      revision: revision.repeat(256),
    });
    await laptop.upload(data.bucket, `${folder(1000)}Patient.ndjson`, patients(3));
    expect(await laptop.deploy(importApp(data, props('r')))).toBe(0);
    expect(Math.max(...laptop.responses.map(({ bytes }) => bytes))).toBeGreaterThan(1200);

    await laptop.upload(data.bucket, `${folder(1000)}bad.ndjson`, [{ resourceType: 'Patient' }]);
    expect(await laptop.deploy(importApp(data, props('s')))).toBe(1);
    expect(failures(laptop)).toEqual([expect.stringMatching(/no errors are tolerated.*deploy again/)]);
  })();
});

function failures({ responses }: Laptop): string[] {
  return responses.filter(({ status }) => status === 'FAILED').map(({ reason }) => reason);
}
