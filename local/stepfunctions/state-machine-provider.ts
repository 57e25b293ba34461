import { parseDefinition, type Definition } from './definition';
import { ServiceError, type Caller, type Environment, type ResourceDelete, type ResourceProvider, type ResourceRequest, type ResourceResult, type ResourceUpdate } from '../contract';
import type { Iam } from '../iam/iam';
import { physicalName } from '../physical-name';

export interface StateMachine {
  readonly arn: string;
  readonly name: string;
  readonly roleArn: string;
  readonly definition: Definition;
}

const MAX_NAME_LENGTH = 80;

/** Plays `AWS::StepFunctions::StateMachine`. */
export class StateMachineProvider implements ResourceProvider {
  public constructor(
    private readonly env: Environment,
    private readonly iam: Pick<Iam, 'authorize' | 'assumeRole' | 'propagationMs'>,
    private readonly machines: Map<string, StateMachine>,
  ) {}

  public create(request: ResourceRequest): Promise<ResourceResult> {
    const { properties, stackName, logicalId, caller } = request;
    return this.put(caller, 'states:CreateStateMachine', properties.StateMachineName ?? physicalName(stackName, logicalId, MAX_NAME_LENGTH), properties);
  }

  public async update(request: ResourceUpdate): Promise<ResourceResult> {
    const { properties, oldProperties, physicalId, caller } = request;
    if (properties.StateMachineName !== oldProperties.StateMachineName) return this.create(request);
    return this.put(caller, 'states:UpdateStateMachine', physicalId.slice(physicalId.lastIndexOf(':') + 1), properties);
  }

  public async delete({ physicalId, caller }: ResourceDelete): Promise<void> {
    await this.iam.authorize({ caller, action: 'states:DeleteStateMachine', resource: physicalId });
    this.machines.delete(physicalId);
  }

  private async put(caller: Caller, action: string, name: string, properties: Record<string, any>): Promise<ResourceResult> {
    const { partition, region, accountId } = this.env;
    if (properties.StateMachineType === 'EXPRESS') throw new Error(`state machine type EXPRESS of ${name} isn't played here, use STANDARD`);
    const arn = `arn:${partition}:states:${region}:${accountId}:stateMachine:${name}`;
    const roleArn: string = properties.RoleArn;
    const definition = parseDefinition(definitionText(properties));
    await this.iam.authorize({ caller, action, resource: arn });
    await this.iam.authorize({ caller, action: 'iam:PassRole', resource: roleArn, context: { 'iam:PassedToService': 'states.amazonaws.com' } });
    await this.checkRole(arn, roleArn);
    this.machines.set(arn, { arn, name, roleArn, definition });
    return { physicalId: arn, attributes: { Arn: arn, Name: name } };
  }

  private async checkRole(stateMachineArn: string, roleArn: string): Promise<void> {
    const assume = () => assumeStateMachineRole(this.iam, stateMachineArn, roleArn, this.env.accountId);
    try {
      await assume();
    } catch (error) {
      // CloudFormation tries again while the role is new.
      if (this.iam.propagationMs === 0) throw error;
      await this.env.clock.sleep(this.iam.propagationMs);
      await assume();
    }
  }
}

/** Starts a session of the state machine's role. */
export async function assumeStateMachineRole(
  iam: Pick<Iam, 'assumeRole'>, stateMachineArn: string, roleArn: string, accountId: string,
): Promise<Caller> {
  try {
    const source = { 'aws:SourceArn': stateMachineArn, 'aws:SourceAccount': accountId };
    return (await iam.assumeRole({ service: 'states.amazonaws.com' }, roleArn, source)).caller;
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    throw new ServiceError('AccessDeniedException',
      'Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role.');
  }
}

function definitionText(properties: Record<string, any>): string {
  const text: string = properties.DefinitionString ?? JSON.stringify(properties.Definition);
  const substitutions: [string, unknown][] = Object.entries(properties.DefinitionSubstitutions ?? {});
  return substitutions.reduce((result, [key, value]) => result.replaceAll(`\${${key}}`, String(value)), text);
}
