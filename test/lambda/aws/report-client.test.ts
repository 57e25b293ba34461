import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { InvokeCommand, type InvokeCommandOutput, type LambdaClient } from '@aws-sdk/client-lambda';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { operatorFor } from '../../../lambda/aws/operator';
import { SECOND } from '../harness';

const sts = mockClient(STSClient);
let server: Server;
let client: LambdaClient;
/** The requests that the server received. Each element is the response object with which the test can answer a request. */
let requests: ServerResponse[];

beforeEach(async () => {
  sts.on(AssumeRoleCommand).resolves({ Credentials: { AccessKeyId: 'id', SecretAccessKey: 'secret', SessionToken: 'token', Expiration: undefined } });
  requests = [];
  server = createServer((request, response) => {
    request.resume();
    requests.push(response);
    server.emit('invocation');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  process.env.AWS_REGION = 'eu-west-1';
  process.env.AWS_ENDPOINT_URL_LAMBDA = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance', 'hrtime'] });
  client = operatorFor(`arn:aws:iam::123456789012:role/${expect.getState().currentTestName}`).lambda;
});

afterEach(() => {
  jest.useRealTimers();
  delete process.env.AWS_ENDPOINT_URL_LAMBDA;
  sts.reset();
  client.destroy();
  server.closeAllConnections();
  server.close();
});

afterAll(() => sts.restore());

const invoke = async (): Promise<InvokeCommandOutput> => client.send(new InvokeCommand({ FunctionName: 'report' }));

test('the client waits at least 185 s for the answer of the report function', async () => {
  const received = once(server, 'invocation');
  const invoked = invoke();
  await received;
  await jest.advanceTimersByTimeAsync(185 * SECOND);
  requests[0].end('{}');
  expect((await invoked).Payload!.transformToString()).toBe('{}');
  expect(requests).toHaveLength(1);
});

test.each([429, 500])('the SDK does not retry an invocation that fails with HTTP status %i', async (status) => {
  server.on('invocation', () => requests.at(-1)!.writeHead(status).end('{}'));
  let settled = false;
  const invoked = invoke().catch((error: Error) => error).finally(() => {
    settled = true;
  });
  while (!settled) {
    await jest.advanceTimersByTimeAsync(SECOND);
    await new Promise(setImmediate);
  }
  expect(await invoked).toMatchObject({ $metadata: { httpStatusCode: status } });
  expect(requests).toHaveLength(1);
});
