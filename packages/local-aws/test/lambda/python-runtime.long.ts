import { zipSync } from 'fflate';
import { expectNothingRemains } from './abandoned-function';
import { describeWithPython } from './python';
import { eventually, Foundation, isRunning, putObject } from '../foundation';

jest.setTimeout(60_000);

let aws: Foundation;

afterEach(() => aws?.close());

const invoke = (arn: string, payload: unknown = {}) => aws.lambda.invoke(aws.iam.admin, arn, payload);

const python = (name: string, code: string, properties: Record<string, unknown> = {}) =>
  aws.function(name, code, { Runtime: 'python3.13', ...properties });

describeWithPython('a Python function', () => {
  beforeEach(async () => {
    aws = await Foundation.start({ timeScale: 10 });
  });

  test('gets its event, context, environment variables, credentials and the time of the local AWS', async () => {
    aws.clock.skip(3_600_000);
    const arn = await python('calling', `
import boto3, os
def handler(event, context):
    return [event['a'], context.function_name, context.get_remaining_time_in_millis() > 200000, os.environ['GREETING'],
        boto3.client('sts').get_caller_identity()['Arn']]`, { Environment: { Variables: { GREETING: 'hello' } } });
    expect(await invoke(arn, { a: 1 })).toEqual({
      payload: [1, 'calling', true, 'hello', expect.stringContaining(':assumed-role/calling-role/calling')],
    });
  });

  test('logs its output and that of the programs of its layers, and fails with the type and message of its error', async () => {
    putObject(aws.local, 'layers', 'layer.zip', Buffer.from(zipSync({ 'tool/run': Buffer.from('import sys; print("ran", sys.argv[1])') })));
    const layer = await aws.createResource('AWS::Lambda::LayerVersion', { Content: { S3Bucket: 'layers', S3Key: 'layer.zip' } });
    const arn = await python('failing', `
import logging, subprocess
logging.getLogger().setLevel(logging.INFO)
def handler(event, context):
    logging.info('started')
    subprocess.check_call(['/opt/tool/run', 'fast'])
    raise ValueError('bad day')`, { Layers: [layer.physicalId] });
    expect(await invoke(arn)).toEqual({
      functionError: 'Unhandled', payload: { errorType: 'ValueError', errorMessage: 'bad day', trace: expect.anything() },
    });
    const log = aws.logs.events('/aws/lambda/failing').map(({ message }) => message).join('\n');
    expect(log).toMatch(/\[INFO\]\t\S+Z\t[0-9a-f-]{36}\tstarted/);
    expect(log).toContain('ran fast');
    expect(log).toContain('ValueError: bad day');
  });

  test('fails if its code cannot be loaded', async () => {
    expect(await invoke(await python('broken', 'import nothing_of_this_name'))).toMatchObject({
      functionError: 'Unhandled', payload: { errorType: 'ModuleNotFoundError' },
    });
  });

  test('is killed at its time-out, with the programs that it runs', async () => {
    const arn = await python('slow', `
import subprocess, sys
def handler(event, context):
    subprocess.run([sys.executable, '-c', 'import os, time; print(os.getpid(), flush=True); time.sleep(600)'])`, { Timeout: 50 });
    expect(await invoke(arn)).toMatchObject({ functionError: 'Unhandled', payload: { errorType: 'Sandbox.Timedout' } });
    const [pid, ending] = aws.logs.events('/aws/lambda/slow').map(({ message }) => message);
    await eventually(() => !isRunning(Number(pid)));
    expect(ending).toContain('Task timed out after 50.00 seconds');
  });

  test('leaves no process and no directory after the local AWS is killed', async () => {
    await expectNothingRemains('python3.13');
  });
});

test('a function fails with a remedy if the machine has no Python', async () => {
  aws = await Foundation.start({ python: '/nowhere/python3' });
  await expect(invoke(await python('stuck', 'def handler(event, context): pass'))).rejects.toThrow(
    "runtime python3.13 of function stuck can't be run by the local AWS, install python3 and boto3");
});
