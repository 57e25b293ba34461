import { jsonBody, jsonResponse, targetOperation, unknownOperation } from '../../../local-healthlake/src/http/json';
import { callerOf } from '../../../local-healthlake/src/service';
import { ServiceError, type Authorizer, type Caller, type Environment, type WireRequest, type WireResponse, type WireService } from '../contract';
import { BOOTSTRAP_VERSION_PARAMETER } from '../iam/bootstrap';

/** A version of the bootstrap stack that is recent enough for every CDK CLI. */
const BOOTSTRAP_VERSION = '30';

export interface Parameter {
  readonly type: string;
  readonly value: string;
  readonly version: number;
  readonly lastModified: number;
}

/** Emulates the Parameter Store of SSM. */
export class Ssm implements WireService {
  private readonly parameters = new Map<string, Parameter>();

  public constructor(private readonly environment: Environment, private readonly authorizer: Authorizer) {
    this.put(BOOTSTRAP_VERSION_PARAMETER, BOOTSTRAP_VERSION);
  }

  public async handle(request: WireRequest): Promise<WireResponse> {
    const operation = targetOperation(request);
    if (operation !== 'GetParameter') {
      throw unknownOperation('SSM', operation);
    }
    return jsonResponse(request, await this.getParameter(callerOf(request), String(jsonBody(request).Name)));
  }

  /** Returns a parameter without authorizing a caller. */
  public get(name: string): Parameter | undefined {
    return this.parameters.get(name);
  }

  /** Writes a parameter without authorizing a caller. */
  public put(name: string, value: string, type = 'String'): Parameter {
    if (value.length === 0) {
      throw new ServiceError('ValidationException', "1 validation error detected: Value '' at 'value' failed to satisfy constraint: "
        + 'Member must have length greater than or equal to 1');
    }
    const parameter = { value, type, version: (this.parameters.get(name)?.version ?? 0) + 1, lastModified: this.environment.clock.now() };
    this.parameters.set(name, parameter);
    return parameter;
  }

  public delete(name: string): void {
    this.parameters.delete(name);
  }

  public async authorize(caller: Caller, action: string, name: string): Promise<void> {
    await this.authorizer.authorize({ caller, action, resource: this.arn(name) });
  }

  private arn(name: string): string {
    const { partition, region, accountId } = this.environment;
    return `arn:${partition}:ssm:${region}:${accountId}:parameter/${name.replace(/^\//, '')}`;
  }

  private async getParameter(caller: Caller, name: string): Promise<unknown> {
    await this.authorize(caller, 'ssm:GetParameter', name);
    const parameter = this.parameters.get(name);
    if (!parameter) {
      throw new ServiceError('ParameterNotFound', `Parameter ${name} not found.`);
    }
    const { type, value, version, lastModified } = parameter;
    return {
      Parameter: {
        Name: name, Type: type, Value: value, Version: version, LastModifiedDate: lastModified / 1000, ARN: this.arn(name), DataType: 'text',
      },
    };
  }
}
