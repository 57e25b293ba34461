import { jsonBody, jsonResponse, targetOperation, unknownOperation } from '../../../local-healthlake/src/http/json';
import { callerOf } from '../../../local-healthlake/src/service';
import { ServiceError, type Authorizer, type Caller, type Environment, type WireRequest, type WireResponse, type WireService } from '../contract';
import { BOOTSTRAP_VERSION_PARAMETER } from '../iam/bootstrap';

/** A version of `cdk bootstrap` that is new enough for every CLI. */
const BOOTSTRAP_VERSION = '30';

export interface Parameter {
  readonly name: string;
  readonly type: string;
  readonly value: string;
  readonly version: number;
  readonly lastModified: number;
}

/** Plays the Parameter Store of SSM. */
export class Ssm implements WireService {
  private readonly parameters = new Map<string, Parameter>();

  public constructor(private readonly environment: Environment, private readonly authorizer: Authorizer) {
    this.put(BOOTSTRAP_VERSION_PARAMETER, BOOTSTRAP_VERSION);
  }

  public async handle(request: WireRequest): Promise<WireResponse> {
    const operation = targetOperation(request);
    const input = jsonBody(request);
    const caller = callerOf(request);
    switch (operation) {
      case 'GetParameter':
        return jsonResponse(request, await this.getParameter(caller, String(input.Name)));
      case 'GetParameters':
        return jsonResponse(request, await this.getParameters(caller, (input.Names ?? []) as string[]));
      case 'PutParameter':
        return jsonResponse(request, await this.putParameter(caller, input));
      default:
        throw unknownOperation('SSM', operation);
    }
  }

  /** The value of a parameter; undefined if there is none of that name. Asks nobody for permission. */
  public get(name: string): Parameter | undefined {
    return this.parameters.get(name);
  }

  /** Writes a parameter. Asks nobody for permission. */
  public put(name: string, value: string, type = 'String'): Parameter {
    if (value.length === 0) {
      throw new ServiceError('ValidationException', "1 validation error detected: Value '' at 'value' failed to satisfy constraint: "
        + 'Member must have length greater than or equal to 1');
    }
    const parameter = { name, value, type, version: (this.parameters.get(name)?.version ?? 0) + 1, lastModified: this.environment.clock.now() };
    this.parameters.set(name, parameter);
    return parameter;
  }

  public delete(name: string): void {
    this.parameters.delete(name);
  }

  public arn(name: string): string {
    const { partition, region, accountId } = this.environment;
    return `arn:${partition}:ssm:${region}:${accountId}:parameter/${name.replace(/^\//, '')}`;
  }

  public async authorize(caller: Caller, action: string, name: string): Promise<void> {
    await this.authorizer.authorize({ caller, action, resource: this.arn(name) });
  }

  private async getParameter(caller: Caller, name: string): Promise<unknown> {
    await this.authorize(caller, 'ssm:GetParameter', name);
    const parameter = this.parameters.get(name);
    if (!parameter) {
      throw new ServiceError('ParameterNotFound', `Parameter ${name} not found.`);
    }
    return { Parameter: this.shown(parameter) };
  }

  private async getParameters(caller: Caller, names: readonly string[]): Promise<unknown> {
    for (const name of names) {
      await this.authorize(caller, 'ssm:GetParameters', name);
    }
    return {
      Parameters: names.flatMap((name) => this.parameters.get(name) ?? []).map((parameter) => this.shown(parameter)),
      InvalidParameters: names.filter((name) => !this.parameters.has(name)),
    };
  }

  private async putParameter(caller: Caller, input: Record<string, unknown>): Promise<unknown> {
    const name = String(input.Name);
    await this.authorize(caller, 'ssm:PutParameter', name);
    if (this.parameters.has(name) && input.Overwrite !== true) {
      throw new ServiceError('ParameterAlreadyExists', 'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.');
    }
    return { Version: this.put(name, String(input.Value ?? ''), String(input.Type ?? 'String')).version, Tier: 'Standard' };
  }

  private shown(parameter: Parameter): Record<string, unknown> {
    return {
      Name: parameter.name,
      Type: parameter.type,
      Value: parameter.value,
      Version: parameter.version,
      LastModifiedDate: parameter.lastModified / 1000,
      ARN: this.arn(parameter.name),
      DataType: 'text',
    };
  }
}
