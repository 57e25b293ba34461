import { ServiceError, type Authorizer, type Caller, type FunctionInvoker, type WireRequest, type WireResponse } from '../contract';
import { parseFunctionReference } from './functions/function-configuration';
import type { FunctionRegistry, ResolvedFunction } from './functions/function-registry';

/** The invocations that the wire offers. */
export interface WireInvoker extends FunctionInvoker {
  invokeEvent(caller: Caller, functionArn: string, payload: unknown): Promise<void>;
  authorizeInvoke(caller: Caller, functionArn: string): Promise<ResolvedFunction>;
}

const FUNCTION_PATH = /^\/2015-03-31\/functions\/([^/]+)(?:\/(invocations|configuration))?\/?$/;

/** Lambda's REST API, as far as it is played. */
export class LambdaWire {
  public constructor(private readonly authorizer: Authorizer, private readonly registry: FunctionRegistry, private readonly invoker: WireInvoker) {}

  public async handle(request: WireRequest): Promise<WireResponse> {
    const { caller, method, path, query } = request;
    if (!caller) {
      throw new ServiceError('MissingAuthenticationTokenException', 'Missing Authentication Token', 403);
    }
    const [, functionName, kind] = FUNCTION_PATH.exec(path) ?? [];
    const reference = qualified(functionName ?? '', query.get('Qualifier'));
    if (method === 'POST' && kind === 'invocations') {
      return this.invoke(caller, reference, request);
    }
    if (method === 'GET' && functionName && kind !== 'invocations') {
      return this.describe(caller, reference, kind === 'configuration');
    }
    throw new ServiceError('UnknownOperationException', `${method} ${path} isn't played by the local Lambda`, 404);
  }

  private async invoke(caller: Caller, reference: string, { headers, body }: WireRequest): Promise<WireResponse> {
    const payload = parsePayload(body);
    switch (headers['x-amz-invocation-type'] ?? 'RequestResponse') {
      case 'DryRun':
        await this.invoker.authorizeInvoke(caller, reference);
        return { status: 204 };
      case 'Event':
        await this.invoker.invokeEvent(caller, reference, payload);
        return { status: 202 };
    }
    const result = await this.invoker.invoke(caller, reference, payload);
    return {
      status: 200,
      headers: {
        'content-type': 'application/json',
        ...(result.functionError && { 'x-amz-function-error': result.functionError }),
      },
      body: JSON.stringify(result.payload),
    };
  }

  private async describe(caller: Caller, reference: string, isConfigurationOnly: boolean): Promise<WireResponse> {
    const action = isConfigurationOnly ? 'lambda:GetFunctionConfiguration' : 'lambda:GetFunction';
    const { version: { configuration, version }, arn } = this.registry.resolve(reference);
    await this.authorizer.authorize({ caller, action, resource: arn });
    const answer = {
      FunctionName: configuration.name,
      FunctionArn: arn,
      Description: configuration.description,
      Runtime: configuration.runtime,
      Role: configuration.roleArn,
      Handler: configuration.handler,
      Timeout: configuration.timeoutSeconds,
      MemorySize: configuration.memorySize,
      Environment: { Variables: configuration.environment },
      Version: version,
      State: 'Active',
      LastUpdateStatus: 'Successful',
      LoggingConfig: {
        LogFormat: configuration.logFormat,
        ApplicationLogLevel: configuration.logLevel,
        LogGroup: configuration.logGroup,
      },
    };
    return {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(isConfigurationOnly ? answer : { Configuration: answer, Code: { RepositoryType: 'S3' } }),
    };
  }
}

function qualified(functionName: string, qualifier: string | null): string {
  if (!qualifier || parseFunctionReference(functionName).qualifier) {
    return functionName;
  }
  return functionName.includes(':') ? `${functionName}:${qualifier}` : `function:${functionName}:${qualifier}`;
}

function parsePayload(body: Buffer): unknown {
  try {
    return body.length > 0 ? JSON.parse(body.toString('utf8')) : {};
  } catch (error) {
    throw new ServiceError('InvalidRequestContentException', `Could not parse request body into json: ${(error as Error).message}`, 400);
  }
}
