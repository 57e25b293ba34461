import { readManifest } from '../../../../lambda/report/read/manifest';

/** A HealthLake manifest in the form that two other projects have published. */
const MANIFEST = {
  inputDataConfig: { s3Uri: 's3://clinic-data/synthea/' },
  outputDataConfig: { s3Uri: 's3://clinic-results/x-FHIR_IMPORT-y/', encryptionKeyID: 'arn:aws:kms:us-west-2:123456789012:key/1' },
  successOutput: { successOutputS3Uri: 's3://clinic-results/x-FHIR_IMPORT-y/SUCCESS/' },
  failureOutput: { failureOutputS3Uri: 's3://clinic-results/x-FHIR_IMPORT-y/FAILURE/' },
  numberOfScannedFiles: 3,
  numberOfFilesImported: 2,
  numberOfFilesReadWithSuccess: 2,
  numberOfFilesReadWithCustomerError: 1,
  numberOfFilesReadWithServerError: 0,
  sizeOfScannedFilesInMB: 0.023627,
  sizeOfDataImportedSuccessfullyInMB: 0.011232,
  numberOfResourcesScanned: 90,
  numberOfResourcesImportedSuccessfully: 40,
  numberOfResourcesWithCustomerError: 48,
  numberOfResourcesWithServerError: 2,
};
const COUNTS = {
  filesScanned: 3,
  filesImported: 2,
  filesWithCustomerError: 1,
  filesWithServerError: 0,
  resourcesScanned: 90,
  resourcesImported: 40,
  resourcesWithCustomerError: 48,
  resourcesWithServerError: 2,
};

test('readManifest returns the counts of files and of resources', () => {
  expect(readManifest(JSON.stringify(MANIFEST))).toEqual({ counts: COUNTS });
});

test.each(Object.keys(MANIFEST).filter((name) => name.startsWith('number')))('readManifest returns the other counts if the manifest has no %s', (missing) => {
  const reading = readManifest(JSON.stringify({ ...MANIFEST, [missing]: undefined }));
  const counts = Object.entries('counts' in reading ? reading.counts : {});
  expect(counts).toHaveLength(missing === 'numberOfFilesReadWithSuccess' ? 8 : 7);
  expect(Object.entries(COUNTS)).toEqual(expect.arrayContaining(counts));
});

test.each([
  ['a text', '9'], ['a fraction', 1.5], ['a negative number', -1], ['null', null], ['an object', { count: 9 }],
])('readManifest ignores a count that is %s', (_, value) => {
  expect(readManifest(JSON.stringify({ numberOfScannedFiles: 1, numberOfResourcesScanned: value }))).toEqual({ counts: { filesScanned: 1 } });
});

test.each([
  ['', 'the manifest is not a JSON object'],
  ['{"numberOfScannedFiles": 1', 'the manifest is not a JSON object'],
  ['<Error><Code>NoSuchKey</Code></Error>', 'the manifest is not a JSON object'],
  ['[{"numberOfScannedFiles": 1}]', 'the manifest is not a JSON object'],
  ['null', 'the manifest is not a JSON object'],
  ['9', 'the manifest is not a JSON object'],
  ['{}', 'the manifest has no counts'],
  ['{"successOutput": {"numberOfResourcesScanned": 9}}', 'the manifest has no counts'],
])('readManifest returns the reason if there are no counts in %s', (text, problem) => {
  expect(readManifest(text)).toEqual({ problem });
});
