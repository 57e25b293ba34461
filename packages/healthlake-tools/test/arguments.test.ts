import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { version } from '../package.json';
import { ANY_CREDENTIALS, at, Harness, useEnvironment } from './support/aws';
import { useFolder } from './support/folder';
import { expectFailure, healthlake } from './support/tool';

useEnvironment(ANY_CREDENTIALS);
const pathOf = useFolder();

test('prints its version and its help', async () => {
  expect(await healthlake(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' });
  const { code, out } = await healthlake(['jobs', 'show', '--help']);
  expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('--show-values') });
});

test('prints its help on stderr and fails without arguments', async () => {
  expect(await healthlake([])).toEqual({ code: 2, out: '', err: expect.stringMatching(/^Usage: healthlake/) });
});

test.each([
  [['chekc'], /unknown command 'chekc'/],
  [['jobs', '--nmae', 'x'], /unknown option '--nmae'/],
  [['check', 'a', 'b'], /too many arguments for 'check': expected 1 argument but got 2/],
  [['check', '\x1b[2J\n'], /\ufffd\[2J\ufffd can't be used: it does not exist/],
])('fails with one sentence for wrong arguments: %j', async (args, sentence) => {
  await expectFailure(args, sentence);
});

test('fails with one sentence if the endpoint can\'t be reached', () => {
  // Jest gives the SDK an error of another realm, which the SDK replaces. So this test needs a process of its own.
  const args = ['--import', 'tsx', join(__dirname, '../src/main.ts'), 'jobs', '--endpoint-url', 'http://127.0.0.1:1'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env: process.env });
  expect({ status, stdout, stderr }).toEqual({
    status: 2,
    stdout: '',
    stderr: 'healthlake: the data stores can\'t be listed: AWS did not answer (ECONNREFUSED): check the network, --region and --endpoint-url\n',
  });
});

test('uses the access key in the environment before AWS_PROFILE, as the AWS CLI does', async () => {
  const aws = await Harness.start();
  process.env.AWS_PROFILE = 'nobody';
  try {
    expect(await healthlake(['jobs', ...at(aws)])).toEqual({ code: 0, out: 'No jobs.\n', err: '' });
  } finally {
    delete process.env.AWS_PROFILE;
    await aws.close();
  }
});

test('fails with one sentence if the profile does not exist', async () => {
  const warn = jest.spyOn(console, 'warn');
  await expectFailure(['jobs', '--profile', 'nobody', '--region', 'us-east-1'], /no valid AWS credentials \(.*\): check --profile, or log in/);
  expect(warn).not.toHaveBeenCalled();
});

describe('without credentials and Region', () => {
  useEnvironment({});

  test('takes credentials, Region and endpoint from the profile', async () => {
    const aws = await Harness.start();
    writeFileSync(pathOf('config'), [
      '[profile clinic]', 'region = us-east-1', 'aws_access_key_id = AKIAANY', 'aws_secret_access_key = any', `endpoint_url = ${aws.environment.endpoint()}`, '',
    ].join('\n'));
    process.env.AWS_CONFIG_FILE = pathOf('config');
    try {
      expect(await healthlake(['jobs', '--profile', 'clinic'])).toEqual({ code: 0, out: 'No jobs.\n', err: '' });
    } finally {
      process.env.AWS_CONFIG_FILE = '/dev/null';
      await aws.close();
    }
  });

  test('fails with one sentence', async () => {
    await expectFailure(['jobs'], /no Region is known: give --region, or set AWS_REGION or the region of the profile/);
    await expectFailure(['jobs', '--region', 'x y'], /region="x y" is not a valid hostname component: give --region/);
    await expectFailure(['jobs', '--region', ''], /no Region is known/);
    await expectFailure(['jobs', '--region', 'us-east-1'], /the data stores can't be listed: no valid AWS credentials \(.*\): check --profile, or log in/);
  });
});
