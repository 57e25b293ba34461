import { ServiceError, type Caller, type EventInvoker, type FunctionInvoker, type WireRequest, type WireResponse } from '../contract';
import type { FunctionConfiguration } from './functions/function-configuration';
import { LATEST, type FunctionRegistry, type ResolvedFunction } from './functions/function-registry';
import { FunctionVersion, type FunctionHost } from './functions/function-version';

const FUNCTION_PATH = /^\/2015-03-31\/functions\/([^/]+)(?:\/(invocations|code|configuration))?\/?$/;

/** Emulates the actions Invoke, GetFunction, UpdateFunctionCode and UpdateFunctionConfiguration of Lambda's REST API. */
export class LambdaWire {
  public constructor(
    private readonly host: FunctionHost, private readonly registry: FunctionRegistry, private readonly invoker: FunctionInvoker & EventInvoker,
  ) {}

  public async handle(request: WireRequest): Promise<WireResponse> {
    const { caller, method, path, query } = request;
    if (!caller) {
      throw new ServiceError('MissingAuthenticationTokenException', 'Missing Authentication Token', 403);
    }
    const [, name, part] = FUNCTION_PATH.exec(path) ?? [];
    const qualifier = query.get('Qualifier');
    const reference = qualifier ? `${name}:${qualifier}` : name;
    switch (name && `${method} ${part ?? 'function'}`) {
      case 'POST invocations':
        return this.invoke(caller, reference, request);
      case 'GET function':
        return this.getFunction(caller, reference);
      case 'PUT code':
        return this.update(caller, reference, 'UpdateFunctionCode', codeChange(request.body));
      case 'PUT configuration':
        return this.update(caller, reference, 'UpdateFunctionConfiguration', environmentChange(request.body));
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
    const resolved = this.registry.resolve(reference);
    await this.host.iam.authorize({ caller, action: 'lambda:GetFunction', resource: resolved.arn });
    return json({ Configuration: describe(resolved), Code: { RepositoryType: 'S3' } });
  }

  /** Updates the version `$LATEST` of a function. The update has taken effect when the caller gets the response. */
  private async update(caller: Caller, reference: string, action: string, change: Partial<FunctionConfiguration>): Promise<WireResponse> {
    const { version: { configuration }, arn } = this.registry.resolve(reference);
    await this.host.iam.authorize({ caller, action: `lambda:${action}`, resource: arn });
    this.registry.put(await FunctionVersion.create(this.host, { ...configuration, ...change }, LATEST));
    return json(describe(this.registry.resolve(reference)));
  }
}

function describe({ version: { configuration, version }, arn }: ResolvedFunction): object {
  return {
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
}

function json(body: object): WireResponse {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

function codeChange(body: Buffer): Partial<FunctionConfiguration> {
  const { S3Bucket: bucket, S3Key: key, ZipFile: zip } = parsePayload(body) as Partial<Record<string, string>>;
  if (zip !== undefined) {
    return { code: { zip: Buffer.from(zip, 'base64') } };
  }
  if (bucket === undefined || key === undefined) {
    throw new ServiceError('InvalidParameterValueException', 'Please provide a source for function code.', 400);
  }
  return { code: { bucket, key } };
}

/** Returns the new environment variables in a request. Ignores `Description`, and throws if the request changes any other setting. */
function environmentChange(body: Buffer): Partial<FunctionConfiguration> {
  const { Environment: environment, ...others } = parsePayload(body) as { readonly Environment?: { readonly Variables?: Record<string, string> } };
  const other = Object.keys(others).find((name) => name !== 'Description');
  if (other !== undefined) {
    throw new ServiceError('InvalidParameterValueException', `UpdateFunctionConfiguration of ${other} isn't emulated by the local Lambda`, 400);
  }
  return environment ? { environment: environment.Variables ?? {} } : {};
}

function parsePayload(body: Buffer): unknown {
  try {
    return body.length > 0 ? JSON.parse(body.toString('utf8')) : {};
  } catch (error) {
    throw new ServiceError('InvalidRequestContentException', `Could not parse request body into json: ${(error as Error).message}`, 400);
  }
}
