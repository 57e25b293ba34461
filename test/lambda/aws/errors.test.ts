import { describeError, type ErrorKind, kindOf } from '../../../lambda/aws/errors';
import { Failure, toReason } from '../../../lambda/framework/reason';
import { sdkError } from '../harness';

/** Returns the SDK's error for a request that got no answer. */
const unanswered = (name: string, message: string): Error => Object.assign(sdkError(name, message), { $metadata: { attempts: 8 } });

const OPERATOR = 'arn:aws:sts::123456789012:assumed-role/operator/fhir-import';

describe('errors of the SDK', () => {
  test.each<[ErrorKind, Error]>([
    ['transient', sdkError('ThrottlingException', 'Rate exceeded', 400)],
    ['transient', sdkError('ThrottlingException', 'Rate exceeded', 429)],
    ['transient', sdkError('Throttling', 'Rate exceeded', 400)],
    ['transient', sdkError('TooManyRequestsException', 'Too many', 400)],
    ['transient', sdkError('RequestLimitExceeded', 'Too many', 400)],
    ['transient', sdkError('SlowDown', 'Please reduce your request rate', 400)],
    ['transient', sdkError('SomethingNew', 'Too many', 429)],
    ['transient', sdkError('InternalServerException', 'oh', 500)],
    ['transient', sdkError('ServiceUnavailable', 'oh', 503)],
    ['transient', sdkError('AccessDeniedException', 'explicit deny', 500)],
    ['transient', unanswered('TimeoutError', 'socket timed out')],
    ['transient', unanswered('AbortError', 'Request aborted')],
    ['transient', Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })],
    ['transient', new Error('AssumeRole of x gave no credentials')],
    ['settling', sdkError('AccessDeniedException', `User: ${OPERATOR} is not authorized to perform: healthlake:StartFHIRImportJob because no identity-based policy allows it`, 400)],
    ['settling', sdkError('AccessDeniedException', 'not authorized', 403)],
    ['settling', sdkError('AccessDenied', `User: ${OPERATOR} is not authorized to perform: sts:AssumeRole`, 403)],
    ['settling', sdkError('ValidationException', 'HealthLake can\'t assume the role', 400)],
    ['settling', sdkError('ConflictException', 'the data store is in a transition state', 409)],
    ['settling', sdkError('ExpiredTokenException', 'expired', 400)],
    ['definite', sdkError('AccessDeniedException', 'with an explicit deny in a service control policy', 400)],
    ['definite', sdkError('AccessDenied', 'with an explicit deny in an identity-based policy', 403)],
    ['definite', sdkError('ValidationException', '1 validation error detected: Value at \'jobName\' failed to satisfy constraint: length', 400)],
    ['definite', sdkError('ResourceNotFoundException', 'Data store not found', 400)],
    ['definite', sdkError('ResourceNotFoundException', 'Data store not found', 404)],
  ])('kindOf returns %s for the error: %s', (expected, error) => {
    expect(kindOf(error)).toBe(expected);
  });

  test.each([undefined, null, 'text', 42, {}])('kindOf returns transient for %j, which is not an Error object', (thrown) => {
    expect(kindOf(thrown)).toBe('transient');
  });

  test('describeError shows the code of an error and hides words that may be patient data', () => {
    const denied = sdkError('AccessDenied', 'User Ada is not authorized to read s3://clinic/in/Ada.ndjson', 403);
    expect(describeError(denied)).toBe('AccessDenied (full text: CloudTrail): User *** is not authorized to read ***');
    expect(describeError(denied, ['s3://clinic/in/'])).toBe('AccessDenied (full text: CloudTrail): User *** is not authorized to read s3://clinic/in/***');
    expect(describeError(sdkError('ThrottlingException', 'Rate exceeded'))).toBe('ThrottlingException: Rate exceeded');
    expect(describeError(sdkError('Ada Lovelace', 'Access Denied'))).toBe('Error: Access Denied');
    // CloudTrail does not record a request that got no answer, so the text does not refer to CloudTrail.
    expect(describeError(unanswered('TimeoutError', 'connect ETIMEDOUT 10.0.3.17:443'))).toBe('TimeoutError: connect ETIMEDOUT ***');
    expect(describeError('denied')).toBe('Error: denied');
    expect(describeError('Ada')).toBe('Error: ***');
  });
});

describe('toReason', () => {
  test('returns one line of ASCII', () => {
    expect(toReason(['a\r\n\tb  c', '', ' d\u00e9but \u0000\u2603 ', '\n'])).toBe('a b c; d?but ??');
  });

  test('shortens a long message so that the reason stays under 1,000 bytes and keeps the advice', () => {
    const reason = toReason(['the job failed', `HealthLake says: ${'x'.repeat(2048)}`, 'results: s3://clinic-results/', 'deploy again']);
    expect(Buffer.byteLength(reason)).toBe(999);
    expect(reason).toMatch(/^the job failed; HealthLake says: x+\.\.\.; results: s3:\/\/clinic-results\/; deploy again$/);
  });

  test('shortens a reason only if it is longer than 999 bytes', () => {
    const twoLong = toReason(['a', `HealthLake says: ${'m'.repeat(2048)}`, `results: s3://${'o'.repeat(1000)}/`, 'deploy again', 'log group: L']);
    expect(twoLong).toMatch(/^a; HealthLake says: m+\.\.\.; results: s3:\/\/o+\.\.\.; deploy again; log group: L$/);
    expect(twoLong.length).toBeGreaterThan(990);
    expect(twoLong.length).toBeLessThan(1000);
    expect(toReason(['x'.repeat(999)])).toBe('x'.repeat(999));
    expect(toReason(['x'.repeat(1000)])).toBe(`${'x'.repeat(996)}...`);
  });

  test.each([[[2048, 1500, 10]], [[1200, 1200, 1200]], [[5000]], [Array(400).fill(20)]])('returns a reason of less than 1,000 bytes for sentences of the lengths %j', (lengths) => {
    expect(Buffer.byteLength(toReason((lengths as number[]).map((length) => '\u00e9'.repeat(length))))).toBeLessThan(1000);
  });

  test('a Failure error has a message that ends with the log group, and the same text as its stack', () => {
    process.env.AWS_LAMBDA_LOG_GROUP_NAME = 'some-logs';
    const message = 'one; two; log group: some-logs';
    expect(new Failure(['one', '', 'two'])).toMatchObject({ name: 'FhirJobFailure', message, stack: message });
  });
});
