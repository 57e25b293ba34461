import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, Socket } from 'node:net';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { s3Of } from '../../../../lambda/report/read/role';

const ROLE = 'arn:aws:iam::123456789012:role/report';
const sts = mockClient(STSClient);
/** Begins an answer and never ends it. */
const server = createServer((_, response) => response.writeHead(200, { 'content-length': 9 }).write('half'));

beforeAll(async () => {
  sts.on(AssumeRoleCommand).resolves({ Credentials: { AccessKeyId: 'id', SecretAccessKey: 'secret', SessionToken: 'token', Expiration: undefined } });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  process.env.AWS_REGION = 'eu-west-1';
  process.env.AWS_ENDPOINT_URL_S3 = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  delete process.env.AWS_ENDPOINT_URL_S3;
  jest.restoreAllMocks();
  sts.restore();
  s3Of(ROLE).destroy();
  server.closeAllConnections();
  server.close();
});

test('a body that hangs for 20 s ends with an error', async () => {
  const { setTimeout } = Socket.prototype;
  const silence = jest.spyOn(Socket.prototype, 'setTimeout').mockImplementation(function(this: Socket, ms, onTimeout) {
    return setTimeout.call(this, ms / 200, onTimeout); // so that nobody waits for 20 s
  });
  const { Body } = await s3Of(ROLE).send(new GetObjectCommand({ Bucket: 'bucket', Key: 'key' }));
  await expect(Body!.transformToString()).rejects.toMatchObject({ name: 'TimeoutError' });
  expect(silence).toHaveBeenCalledWith(20_000, expect.any(Function));
}, 8_000);
