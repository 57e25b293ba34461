import { DescribeKeyCommand } from '@aws-sdk/client-kms';
import { GetFunctionCommand } from '@aws-sdk/client-lambda';
import { GetObjectCommand, ListBucketsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { ScaledClock } from '../../../local-healthlake/src/clock';
import type { WireRequest } from '../../src/contract';
import { ACCOUNT, eventually, Foundation } from '../foundation';
import { signed } from '../signed-request';

let aws: Foundation;

beforeEach(async () => {
  aws = await Foundation.start();
});

afterEach(() => aws.close());

/** Matches the errors that the SDK throws if the connection is reset. */
const RESET = /socket hang up|ECONNRESET|EPIPE/;

const url = (path: string) => aws.environment.endpoint() + path;

describe('a caller', () => {
  const stranger = { accessKeyId: 'AKIASTRANGER00000000', secretAccessKey: 'x' };

  test('gets an error in the service\'s protocol if its access key is unknown', async () => {
    await expect(aws.s3Client(stranger).send(new ListBucketsCommand({}))).rejects.toMatchObject({ name: 'InvalidAccessKeyId' });
    await expect(aws.stsClient(stranger).send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
    await expect(aws.kmsClient(stranger).send(new DescribeKeyCommand({ KeyId: 'x' }))).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
  });

  test('must sign requests, except on paths that are registered for unsigned requests', async () => {
    expect((await fetch(url('/bucket/key'))).status).toBe(403);
    const seen: WireRequest[] = [];
    aws.router.registerUnsigned('/_response/', {
      handle: async (request) => {
        seen.push(request);
        return { status: 200 };
      },
    });
    expect((await fetch(url('/_response/a%2Fb?x=%20y'), { method: 'PUT', body: 'answer' })).status).toBe(200);
    const [{ method, path, query, body, caller }] = seen;
    expect([method, path, query.get('x'), body.toString(), caller]).toEqual(['PUT', '/_response/a/b', ' y', 'answer', undefined]);
    expect((await fetch(url('/_other/'), { method: 'PUT' })).status).toBe(403);
  });

  test('can presign a URL', async () => {
    aws.s3.createBucket('presigned');
    await aws.s3Client().send(new PutObjectCommand({ Bucket: 'presigned', Key: 'a b', Body: 'content' }));
    const { credentials } = await aws.sessionWith('nobody', []);
    const presigned = async (signer?: typeof credentials) => fetch(await signed(aws, 's3', '/presigned/a%20b', signer));
    expect(await (await presigned()).text()).toBe('content');
    const denied = await presigned(credentials);
    expect([denied.status, await denied.text()]).toEqual([403, expect.stringContaining('assumed-role/nobody/test is not authorized to perform: s3:GetObject')]);
  });

  test('gets a 501 response for an unknown service', async () => {
    const response = await fetch(await signed(aws, 'cloudtrail', '/'));
    expect([response.status, await response.json()]).toEqual([501, { __type: 'UnknownService', message: 'the local AWS has no service cloudtrail' }]);
  });
});

describe('faults', () => {
  const identify = () => aws.stsClient().send(new GetCallerIdentityCommand({}));

  test('return throttling and internal errors the given number of times, in the service\'s protocol', async () => {
    aws.router.faults.inject({ service: 'sts', kind: 'throttle', times: 2 });
    aws.router.faults.inject({ service: 's3', operation: 'ListBuckets', kind: 'throttle' });
    aws.router.faults.inject({ service: 'kms', kind: 'internal' });
    await expect(identify()).rejects.toMatchObject({ name: 'Throttling', $metadata: { httpStatusCode: 400 } });
    await expect(identify()).rejects.toMatchObject({ name: 'Throttling' });
    expect((await identify()).Account).toBe(ACCOUNT);
    await expect(aws.s3Client().send(new GetObjectCommand({ Bucket: 'none', Key: 'x' }))).rejects.toMatchObject({ name: 'NoSuchBucket' });
    await expect(aws.s3Client().send(new ListBucketsCommand({}))).rejects.toMatchObject({ name: 'SlowDown', $metadata: { httpStatusCode: 503 } });
    await expect(aws.kmsClient().send(new DescribeKeyCommand({ KeyId: 'x' }))).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } });
  });

  test('reset the connection before or after the request is processed', async () => {
    aws.s3.createBucket('reset');
    const put = (Key: string) => aws.s3Client().send(new PutObjectCommand({ Bucket: 'reset', Key, Body: 'x' }));
    aws.router.faults.inject({ service: 's3', operation: 'PutObject', kind: 'reset-before' });
    await expect(put('before')).rejects.toThrow(RESET);
    aws.router.faults.inject({ service: 's3', operation: 'PutObject', kind: 'reset-after' });
    await expect(put('after')).rejects.toThrow(RESET);
    expect(aws.s3.bucket('reset').keys()).toEqual(['after']);
  });

  test('delay the response', async () => {
    aws.router.faults.inject({ service: 'sts', kind: 'delay', ms: 80 });
    const start = performance.now();
    await identify();
    expect(performance.now() - start).toBeGreaterThanOrEqual(79);
  });

  test('can be chosen by `faults.hook` for the ARN of a caller', async () => {
    const { credentials, caller } = await aws.sessionWith('victim', []);
    const callers: unknown[] = [];
    aws.router.faults.hook = (_service, _operation, { callerArn }) => {
      callers.push(callerArn);
      return callerArn === caller.arn ? { kind: 'throttle' } : undefined;
    };
    await expect(aws.stsClient(credentials).send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({ name: 'Throttling' });
    await identify();
    await fetch(url('/bucket/key'));
    expect(callers).toEqual([caller.arn, aws.iam.admin.arn, undefined]);
  });

  describe('of the kind `error`', () => {
    const message = `User: ${'x'.repeat(5_000)} is <not> "authorized" & that's all`;
    const calls: Record<string, () => Promise<unknown>> = {
      s3: () => aws.s3Client().send(new ListBucketsCommand({})),
      sts: identify,
      kms: () => aws.kmsClient().send(new DescribeKeyCommand({ KeyId: 'x' })),
      lambda: () => aws.lambdaClient().send(new GetFunctionCommand({ FunctionName: 'x' })),
    };

    test.each(Object.keys(calls))('the response of %s has the error in the service\'s protocol', async (service) => {
      aws.router.faults.inject({ service, kind: 'error', error: { name: 'AccessDeniedException', message, status: 403 } });
      await expect(calls[service]()).rejects.toMatchObject({ name: 'AccessDeniedException', message, $metadata: { httpStatusCode: 403 } });
      aws.router.faults.hook = () => ({ kind: 'error', error: { name: 'OddException', message: 'odd' } });
      await expect(calls[service]()).rejects.toMatchObject({ name: 'OddException', message: 'odd', $metadata: { httpStatusCode: 400 } });
    });

    test('S3 does not process a request that gets an injected error', async () => {
      aws.s3.createBucket('untouched');
      aws.router.faults.inject({ service: 's3', operation: 'PutObject', kind: 'error', error: { name: 'AccessDenied', message: 'no', status: 403 } });
      const put = () => aws.s3Client().send(new PutObjectCommand({ Bucket: 'untouched', Key: 'k', Body: 'x' }));
      await expect(put()).rejects.toMatchObject({ name: 'AccessDenied' });
      expect(aws.s3.bucket('untouched').keys()).toEqual([]);
      await put();
      expect(aws.router.requests.of('s3', 'PutObject').map(({ status, fault }) => [status, fault])).toEqual([[403, 'error'], [200, undefined]]);
    });
  });

  test('can be injected over HTTP', async () => {
    const inject = (body: object) => fetch(url('/_local/faults'), { method: 'POST', body: JSON.stringify(body) });
    expect((await inject({ service: 'sts', kind: 'throttle' })).status).toBe(204);
    await expect(identify()).rejects.toMatchObject({ name: 'Throttling' });
    expect((await inject({ service: 'sts', kind: 'error', error: { name: 'Odd', message: 'odd', status: 418 } })).status).toBe(204);
    await expect(identify()).rejects.toMatchObject({ name: 'Odd', message: 'odd', $metadata: { httpStatusCode: 418 } });
  });

  test.each([
    [{ service: 7, kind: 'throttle' }, 'service 7 is not a SigV4 service name such as healthlake or s3'],
    [{ service: 'sts', kind: 'flood' }, 'fault kind "flood" is unknown, use one of throttle, internal, reset-before, reset-after, delay, error'],
    [{ service: 'sts', kind: 'error' }, 'error undefined is not an error answer, give it a name, a message and optionally a status from 400 to 599'],
    [{ service: 'sts', kind: 'error', error: { name: 'Odd', message: 'odd', status: 200 } },
      'error {"name":"Odd","message":"odd","status":200} is not an error answer, give it a name, a message and optionally a status from 400 to 599'],
  ])('the API for faults refuses the body %j', async (body, message) => {
    const refused = await fetch(url('/_local/faults'), { method: 'POST', body: JSON.stringify(body) });
    expect([refused.status, await refused.text()]).toEqual([400, message]);
  });
});

describe('the router', () => {
  test('logs requests', async () => {
    await aws.stsClient().send(new GetCallerIdentityCommand({}));
    const [entry] = aws.router.requests.entries;
    expect(entry).toMatchObject({ service: 'sts', operation: 'GetCallerIdentity', callerArn: aws.iam.admin.arn, status: 200 });
    expect(Math.abs(entry.time - Date.now())).toBeLessThan(5000);
    aws.router.requests.clear();
    expect(aws.router.requests.of('sts')).toEqual([]);
  });

  test('processes requests concurrently', async () => {
    let arrived = 0;
    let answer = () => {};
    const all = new Promise<void>((resolve) => {
      answer = resolve;
    });
    aws.router.register('kms', {
      handle: async () => {
        arrived += 1;
        if (arrived === 20) {
          answer();
        }
        await all; // never resolves if the router waits for one response before it processes the next request
        return { status: 200, body: '{}' };
      },
    });
    await Promise.all(Array.from({ length: 20 }, () => aws.kmsClient().send(new DescribeKeyCommand({ KeyId: 'x' }))));
    expect(arrived).toBe(20);
  });

  test('aborts running requests when the router is closed', async () => {
    let arrived = 0;
    aws.router.faults.hook = (service) => {
      arrived += 1;
      return service === 'sts' ? { kind: 'delay', ms: 60_000 } : undefined;
    };
    aws.router.register('kms', { handle: () => new Promise(() => undefined) });
    const delayed = expect(aws.stsClient().send(new GetCallerIdentityCommand({}))).rejects.toThrow(RESET);
    const stuck = expect(aws.kmsClient().send(new DescribeKeyCommand({ KeyId: 'x' }))).rejects.toThrow(RESET);
    await eventually(() => arrived === 2);
    await aws.router.close();
    await Promise.all([delayed, stuck]);
    await expect(fetch(url('/'))).rejects.toThrow();
  });
});

describe('the clock', () => {
  test('runs faster than real time by its scale', async () => {
    const clock = new ScaledClock(1000);
    const [real, start] = [performance.now(), clock.now()];
    await clock.sleep(50_000);
    expect(clock.now() - start).toBeGreaterThanOrEqual(50_000);
    expect(performance.now() - real).toBeLessThan(5_000);
    clock.close();
  });

  test('ends sleeps that are shorter than the skipped time, and shortens longer sleeps', async () => {
    const clock = new ScaledClock(60);
    const [start, real] = [clock.now(), performance.now()];
    const slept: number[] = [];
    const sleeps = [60_000, 3_600_000, 3_606_000].map(async (ms) => {
      await clock.sleep(ms);
      slept.push(ms);
    });
    clock.skip(3_600_000);
    await sleeps[1];
    expect(slept).toEqual([60_000, 3_600_000]);
    await sleeps[2];
    expect(clock.now() - start).toBeGreaterThanOrEqual(3_606_000);
    expect(performance.now() - real).toBeLessThan(5_000);
    clock.close();
  });

  test('cannot skip time if it runs in real time', () => {
    expect(() => new ScaledClock().skip(1)).toThrow('a clock in real time can\'t skip time');
  });

  test('rejects a sleep that is aborted, and all sleeps when the clock is closed', async () => {
    const clock = new ScaledClock();
    const abort = new AbortController();
    const aborted = expect(clock.sleep(60_000, abort.signal)).rejects.toThrow('enough');
    abort.abort(new Error('enough'));
    await aborted;
    const closed = expect(clock.sleep(60_000)).rejects.toThrow('the clock is closed');
    clock.close();
    await closed;
    await expect(clock.sleep(1)).rejects.toThrow('the clock is closed');
  });

  test('refuses the scale 0', () => {
    expect(() => new ScaledClock(0)).toThrow('time scale 0 is not a positive number');
  });
});
