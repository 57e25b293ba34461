import * as fc from 'fast-check';
import { STACK } from '../harness';
import { anyName, LEAKY_TEXTS, NAMES, partsShown, plantedText } from '../planted-names';
import { allServiceTexts, IMPORT } from './service-texts';
import { isErrorCode } from '../../../lambda/service-text/identifiers';
import { ownNamesOf } from '../../../lambda/service-text/own-names';
import { MAX_LENGTH, quoteServiceText, showServiceText } from '../../../lambda/service-text/show';
import { CAPITALIZED, ERROR_CODES, IDENTIFIERS, LOWER_CASE, STATUSES } from '../../../lambda/service-text/vocabulary';

let own: readonly string[];
beforeAll(() => {
  process.env.AWS_REGION = 'eu-west-1';
  own = ownNamesOf(IMPORT, STACK);
});

const show = (text: string) => showServiceText(text, own);

describe('the text of a service', () => {
  test.each(allServiceTexts())('is shown with all words that cannot be patient data: $source: $text', ({ text, shown }) => {
    expect(show(text)).toBe(shown);
  });

  test.each([
    ['nothing', '', ''],
    ['only white space', ' \n\t ', ''],
    ['lines and tabs', 'Access\r\n\tDenied', 'Access Denied'],
    ['a word with a control character', 'Access De\u0000nied', 'Access ***'],
    ['a word with a zero-width space', 'Access De\u200bnied', 'Access ***'],
    ['a word with a letter of another script', 'Access \u0410ccess', 'Access ***'],
    ['a word in other case', 'ACCESS denIED', '***'],
    ['consecutive hidden words', 'Access Ada Lovelace Denied', 'Access *** Denied'],
    ['stars', 'Access *** Denied', 'Access *** Denied'],
    ['a quotation that the service cut off', 'Unexpected token in "..."Ada Access"... or No...', 'Unexpected token in *** or ***'],
    ['an apostrophe', 'Ada\'s bucket can\'t be read', '*** bucket can\'t be read'],
    ['a name in quotes', 'Value "Ada" at \'jobName\'', 'Value *** at \'jobName\''],
  ])('is filtered as expected if it has %s', (_what, text, shown) => {
    expect(show(text)).toBe(shown);
  });

  test.each([
    ['an amount', 'has 25 queued jobs, 10,000 files, 50 GB, after 3 seconds', 'has 25 queued jobs, 10,000 files, 50 GB, after 3 seconds'],
    ['a bound', 'less than or equal to 64, between 1 and 100', 'less than or equal to 64, between 1 and 100'],
    ['an HTTP status', '(Status Code: 403)', '(Status Code: 403)'],
    ['an id', 'not found: 123', 'not found: ***'],
    ['a record number', 'not found: 4711 files, 943 476 5919', 'not found: *** files, ***'],
    ['a date of birth', 'not found: 1815-12-10 10/12/1815 10.12.1815 10 12 1815 19151210', 'not found: ***'],
    ['a decimal in disguise', 'not found: 1.2.1815 files', 'not found: *** files'],
  ])('is shown with only those numbers that count something, in the case "%s"', (_what, text, shown) => {
    expect(show(text)).toBe(shown);
  });

  test.each([
    ['the bucket of the input', 's3://clinic-data', 's3://clinic-data'],
    ['the prefix of the input', '"s3://clinic-data/synthea/":', '"s3://clinic-data/synthea/":'],
    ['an object below the prefix', '(s3://clinic-data/synthea/Ada.ndjson)', '(s3://clinic-data/synthea/***'],
    ['an object beside the prefix', 's3://clinic-data/other/Ada.ndjson', 's3://clinic-data/***'],
    ['an object in an ARN', 'arn:aws:s3:::clinic-data/synthea/Ada', 'arn:aws:s3:::clinic-data/synthea/***'],
    ['an object in a URL', 'https://clinic-data.s3.eu-west-1.amazonaws.com/synthea/Ada', 'https://clinic-data.s3.eu-west-1.amazonaws.com/synthea/***'],
    ['another bucket with the same beginning', 's3://clinic-data-ada/x', '***'],
    ['another scheme', 's3a://clinic-data/synthea/', '***'],
    ['an access point', 'arn:aws:s3:eu-west-1:123456789012:accesspoint/ada', '***'],
    ['another role with the same beginning', 'arn:aws:iam::123456789012:role/operator2', '***'],
    ['a session of HealthLake', 'arn:aws:sts::123456789012:assumed-role/data-access/Ada', 'arn:aws:sts::123456789012:assumed-role/data-access/***'],
    ['a service', 'healthlake.amazonaws.com healthlake.eu-west-1.amazonaws.com', 'healthlake.amazonaws.com healthlake.eu-west-1.amazonaws.com'],
    ['hosts that are no service', 'ada.eu-west-1.amazonaws.com ada.amazonaws.com', '***'],
    ['actions', 's3:GetObject kms:GenerateDataKey* aws:SourceArn', 's3:GetObject kms:GenerateDataKey* aws:SourceArn'],
    ['invalid actions', 's3:GetAda ada:GetObject s3:Get-Object s3:', '***'],
  ])('is shown with only those names that belong to AWS or to the import, in the case "%s"', (_what, text, shown) => {
    expect(show(text)).toBe(shown);
  });

  test('is shown without the names of an import that is not passed to the filter', () => {
    expect(showServiceText(`s3://clinic-data/ ${IMPORT.OperatorRoleArn} ${IMPORT.DatastoreId}`)).toBe('***');
  });

  test('is cut off at the maximum length, and a word that is cut is hidden', () => {
    const filled = 'denied '.repeat(MAX_LENGTH).slice(0, MAX_LENGTH - 4);
    expect(show(`${filled}role`)).toBe(`${filled}role`);
    expect(show(`${filled}roleson`)).toBe(`${filled}***`);
  });

  test('is filtered within 0.5 s even if it has a million characters', () => {
    const startedAt = Date.now();
    for (const text of ['x'.repeat(1e6), 's3://clinic-data/synthea/'.repeat(1e5), '"'.repeat(1e6), `${'a '.repeat(1e6)}`, `s3:${'A'.repeat(1e6)}`]) {
      show(text);
    }
    expect(Date.now() - startedAt).toBeLessThan(500);
  });

  test('is quoted with the place of the full text only if a word is hidden', () => {
    expect(quoteServiceText('AccessDenied', 'denied', [], 'CloudTrail')).toBe('AccessDenied: denied');
    expect(quoteServiceText('AccessDenied', 'Ada denied', [], 'CloudTrail')).toBe('AccessDenied (full text: CloudTrail): *** denied');
    expect(quoteServiceText('Error', 'Ada denied')).toBe('Error: *** denied');
  });
});

describe('isErrorCode', () => {
  test.each(['AccessDeniedException', 'ResourceNotFoundException', 'FailedDependencyException', 'ServiceQuotaExceededException', 'KMSInvalidStateException', 'KMS.DisabledException',
    'Runtime.OutOfMemory', 'Sandbox.Timedout', 'TypeError', 'SyntaxError', 'TimeoutError', 'AbortError', 'CredentialsProviderError', 'SlowDown', 'ECONNRESET', 'NoSuchBucket'])('accepts the error code %s', (name) => {
    expect(isErrorCode(name)).toBe(true);
  });

  test.each(['Ada', 'Lovelace', 'AdaException', 'AdaLovelaceError', 'Ada Lovelace', 'KMS.Ada', 'Access-Denied', 'Error1815', '', 'accessdenied', 'AccessDenied.Ada', `${'Access'.repeat(100)}Error`])('rejects the text %j', (name) => {
    expect(isErrorCode(name)).toBe(false);
  });
});

describe('the vocabulary', () => {
  const all = [...LOWER_CASE, ...CAPITALIZED, ...STATUSES, ...IDENTIFIERS, ...ERROR_CODES];

  test('contains no names of people', () => {
    const words = new Set(all);
    const asNames = 'Grant Will Mark May Key Page Case Bill Rose Hope Faith Joy Grace Art Chase Drew Frank Gene Jack Jay Max Miles Pat Ray Rich Rob Sue Tony Victor Banks Bell Best Brooks Day '
      + 'English Field Fields Fish Ford Fox French Grant Green Hill House Hunt King Lake Lane Law Little Long Love Lynch Moon North Park Parks Post Price Rivers Root Stone Story Street '
      + 'Summers Waters West Winter Wise Wood Woods Young';
    const names = [...asNames.split(' '), ...NAMES.flatMap((name) => [name, ...name.split(/[ -]/)]).flatMap((name) => [name, name.toLowerCase(), name.toUpperCase()])];
    expect(names.filter((name) => words.has(name))).toEqual([]);
  });

  test('is sorted and has each word once', () => {
    for (const list of [LOWER_CASE, CAPITALIZED, STATUSES, IDENTIFIERS, ERROR_CODES]) {
      const sorted = [...new Set(list)].sort((a, b) => compare(a.toLowerCase(), b.toLowerCase()) || compare(a, b));
      expect(list).toEqual(sorted);
    }
  });

  test('has separate lists for lower-case and capitalized words', () => {
    expect(LOWER_CASE.filter((word) => !/^[a-z][a-z'/-]*$|^(base64|utf-8)$/.test(word))).toEqual([]);
    expect(CAPITALIZED.filter((word) => !/^[A-Z][A-Za-z-]*$|^(SSE-S3|UTF-8)$/.test(word))).toEqual([]);
  });
});

describe('a text with a name', () => {
  test.each(LEAKY_TEXTS)('is shown without the name: %s', (text) => {
    expect(show(text)).not.toMatch(/Ada|Lovelace|1815/i);
  });
});

test('no text of a service is shown with a name that the test inserted', () => {
  fc.assert(fc.property(plantedText(), ({ text, without, name }) => {
    expect(partsShown(show(text), name, show(without))).toEqual([]);
  }), { numRuns: 2_000 });
});

test('no random text is shown with a name that the test inserted', () => {
  const junk = fc.array(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom('s3://', '/', ' ', '"', ':', '\n', 'arn:aws:s3:::clinic-data/', 'key', 'Access Denied')));
  fc.assert(fc.property(junk, anyName(), junk, (before, name, after) => {
    const text = `${before.join('')}${name}${after.join('')}`;
    expect(partsShown(show(text), name, show(text.replace(name, ' ')))).toEqual([]);
  }), { numRuns: 1_000 });
});

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
