import {
  ServiceError, type Authorizer, type Caller, type EventInvoker, type FunctionInvoker, type WireRequest, type WireResponse,
} from '../contract';
import type { FunctionRegistry } from './functions/function-registry';

const FUNCTION_PATH = /^\/2015-03-31\/functions\/([^/]+)(\/invocations)?\/?$/;

/** Emulates the actions Invoke and GetFunction of Lambda's REST API. */
export class LambdaWire {
  public constructor(
    private readonly authorizer: Authorizer, private readonly registry: FunctionRegistry, private readonly invoker: FunctionInvoker & EventInvoker,
  ) {}

  public async handle(request: WireRequest): Promise<WireResponse> {
    const { caller, method, path, query } = request;
    if (!caller) {
      throw new ServiceError('MissingAuthenticationTokenException', 'Missing Authentication Token', 403);
    }
    const [, name, isInvocation] = FUNCTION_PATH.exec(path) ?? [];
    const qualifier = query.get('Qualifier');
    const reference = qualifier ? `${name}:${qualifier}` : name;
    if (name && isInvocation && method === 'POST') {
      return this.invoke(caller, reference, request);
    }
    if (name && !isInvocation && method === 'GET') {
      return this.getFunction(caller, reference);
    }
    throw new ServiceError('UnknownOperationException', `${method} ${path} isn't emulated by the local Lambda`, 404);
  }

  private async invoke(caller: Caller, reference: string, { headers, body }: WireRequest): Promise<WireResponse> {
    const payload = parsePayload(body);
    const type = headers['x-amz-invocation-type'] ?? 'RequestResponse';
    if (type === 'Event') {
      await this.invoker.invokeEvent(caller, reference, payload);
      return { status: 202 };
    }
    if (type !== 'RequestResponse') {
      throw new ServiceError('InvalidParameterValueException', `invocation type ${type} isn't emulated by the local Lambda`, 400);
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

  private async getFunction(caller: Caller, reference: string): Promise<WireResponse> {
    const { version: { configuration, version }, arn } = this.registry.resolve(reference);
    await this.authorizer.authorize({ caller, action: 'lambda:GetFunction', resource: arn });
    const Configuration = {
      FunctionName: configuration.name,
      FunctionArn: arn,
      Runtime: configuration.runtime,
      Role: configuration.roleArn,
      Handler: configuration.handler,
      Timeout: configuration.timeoutSeconds,
      MemorySize: configuration.memorySize,
      Environment: { Variables: configuration.environment },
      Version: version,
      State: 'Active',
      LastUpdateStatus: 'Successful',
      LoggingConfig: { LogFormat: configuration.logFormat, ApplicationLogLevel: configuration.logLevel, LogGroup: configuration.logGroup },
    };
    return {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ Configuration, Code: { RepositoryType: 'S3' } }),
    };
  }
}

function parsePayload(body: Buffer): unknown {
  try {
    return body.length > 0 ? JSON.parse(body.toString('utf8')) : {};
  } catch (error) {
    throw new ServiceError('InvalidRequestContentException', `Could not parse request body into json: ${(error as Error).message}`, 400);
  }
}
