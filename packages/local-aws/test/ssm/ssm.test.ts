import { BOOTSTRAP_VERSION_PARAMETER } from '../../src/iam/bootstrap';
import { ACCOUNT, allow, Foundation, REGION } from '../foundation';
import { callJson } from '../signed-request';

const PARAMETER = 'AWS::SSM::Parameter';

let aws: Foundation;

beforeEach(async () => {
  aws = await Foundation.start();
});

afterEach(() => aws.close());

const call = (operation: string, input: object, credentials?: { accessKeyId: string; secretAccessKey: string }) =>
  callJson(aws, 'ssm', `AmazonSSM.${operation}`, input, credentials);

test('the parameter store contains the bootstrap version from the start', async () => {
  const { status, contentType, body } = await call('GetParameter', { Name: BOOTSTRAP_VERSION_PARAMETER });
  expect([status, contentType]).toEqual([200, 'application/x-amz-json-1.1']);
  expect(body).toMatchObject({
    Parameter: { Name: '/cdk-bootstrap/hnb659fds/version', Type: 'String', ARN: `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/cdk-bootstrap/hnb659fds/version` },
  });
  expect(Number((body as { Parameter: { Value: string } }).Parameter.Value)).toBeGreaterThanOrEqual(21);
});

test('GetParameter needs permission and refuses a missing parameter', async () => {
  const { credentials } = await aws.sessionWith('reader', [allow('ssm:GetParameter', `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/mine/*`)]);
  aws.ssm.put('/mine/a', '1');
  aws.ssm.put('/yours/a', '1');
  expect((await call('GetParameter', { Name: '/mine/a' }, credentials)).status).toBe(200);
  expect(await call('GetParameter', { Name: '/mine/b' }, credentials)).toMatchObject({ status: 400, body: { __type: 'ParameterNotFound' } });
  expect((await call('GetParameter', { Name: '/yours/a' }, credentials)).body).toMatchObject({
    __type: 'AccessDeniedException', message: expect.stringContaining('because no identity-based policy allows the ssm:GetParameter action'),
  });
});

test('a stack can create, update and delete a parameter, but not with an empty value', async () => {
  const before = { Name: 'p', Type: 'String', Value: 'one' };
  expect(await aws.createResource(PARAMETER, before)).toEqual({ physicalId: 'p', attributes: { Type: 'String', Value: 'one' } });
  await expect(aws.createResource(PARAMETER, before)).rejects.toThrow('p already exists');
  await aws.updateResource(PARAMETER, 'p', before, { ...before, Value: 'two' });
  expect(aws.ssm.get('p')).toMatchObject({ value: 'two', version: 2 });
  await expect(aws.updateResource(PARAMETER, 'p', before, { ...before, Value: '' }))
    .rejects.toThrow("Value '' at 'value' failed to satisfy constraint: Member must have length greater than or equal to 1");
  await aws.deleteResource(PARAMETER, 'p', before);
  expect(aws.ssm.get('p')).toBeUndefined();
});
