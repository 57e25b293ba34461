import { parseDefinition } from './language/definition';
import { LOG_DELIVERY_ACTIONS, loggingOf, type Logging } from './logging';
import { assumeStateMachineRole, type StateMachine } from './state-machine';
import type { StepFunctions } from './stepfunctions';
import {
  physicalName, replacing, ServiceError, type Caller, type Environment, type ResourceDelete, type ResourceProvider, type ResourceProviders,
  type ResourceRequest, type ResourceResult, type ResourceUpdate,
} from '../contract';
import type { Iam } from '../iam/iam';
import { logGroupArn, type Logs } from '../logs/logs';

const MAX_NAME_LENGTH = 80;

/** Returns the resource providers of Step Functions, by resource type. */
export function stepFunctionsProviders({ machines }: StepFunctions, env: Environment, iam: Iam, logs: Logs): ResourceProviders {
  return { 'AWS::StepFunctions::StateMachine': replacing(['StateMachineName'], new StateMachineProvider(env, iam, logs, machines)) };
}

/** Emulates AWS::StepFunctions::StateMachine. */
class StateMachineProvider implements ResourceProvider {
  public constructor(
    private readonly env: Environment,
    private readonly iam: Pick<Iam, 'authorize' | 'assumeRole' | 'checkWithRetry'>,
    private readonly logs: Pick<Logs, 'hasGroup'>,
    private readonly machines: Map<string, StateMachine>,
  ) {}

  public create(request: ResourceRequest): Promise<ResourceResult> {
    const { properties, stackName, logicalId, caller } = request;
    return this.put(caller, 'states:CreateStateMachine', properties.StateMachineName ?? physicalName(stackName, logicalId, MAX_NAME_LENGTH), properties);
  }

  public update({ properties, physicalId, caller }: ResourceUpdate): Promise<ResourceResult> {
    return this.put(caller, 'states:UpdateStateMachine', physicalId.slice(physicalId.lastIndexOf(':') + 1), properties);
  }

  public async delete({ physicalId, caller }: ResourceDelete): Promise<void> {
    await this.iam.authorize({ caller, action: 'states:DeleteStateMachine', resource: physicalId });
    this.machines.delete(physicalId);
  }

  private async put(caller: Caller, action: string, name: string, properties: Record<string, any>): Promise<ResourceResult> {
    const { partition, region, accountId } = this.env;
    if (properties.StateMachineType === 'EXPRESS') {
      throw new Error(`state machine type EXPRESS of ${name} isn't emulated, use STANDARD`);
    }
    const arn = `arn:${partition}:states:${region}:${accountId}:stateMachine:${name}`;
    const roleArn: string = properties.RoleArn;
    const definition = parseDefinition(definitionText(properties));
    await this.iam.authorize({ caller, action, resource: arn });
    await this.iam.authorize({ caller, action: 'iam:PassRole', resource: roleArn, context: { 'iam:PassedToService': 'states.amazonaws.com' } });
    if (properties.Tags?.length > 0) {
      await this.iam.authorize({ caller, action: 'states:TagResource', resource: arn });
    }
    const logging = loggingOf(properties.LoggingConfiguration, this.logs);
    await this.checkRole(arn, roleArn, logging);
    this.machines.set(arn, { arn, name, roleArn, definition, logging });
    return { physicalId: arn, attributes: { Arn: arn, Name: name } };
  }

  private async checkRole(stateMachineArn: string, roleArn: string, logging: Logging | undefined): Promise<void> {
    await this.iam.checkWithRetry(async () => {
      const { caller } = await assumeStateMachineRole(this.iam, stateMachineArn, roleArn, this.env.accountId);
      if (logging) {
        await this.checkLogDelivery(caller);
      }
    });
  }

  private async checkLogDelivery(caller: Caller): Promise<void> {
    try {
      for (const action of LOG_DELIVERY_ACTIONS) {
        // DescribeLogGroups without a group name is authorized on this ARN. The other actions have no resource, so the policy engine ignores the ARN.
        await this.iam.authorize({ caller, action, resource: `${logGroupArn(this.env, '')}:log-stream:` });
      }
    } catch (error) {
      if (!(error instanceof ServiceError)) {
        throw error;
      }
      throw new ServiceError('AccessDeniedException', 'The state machine IAM Role is not authorized to access the Log Destination');
    }
  }
}

function definitionText(properties: Record<string, any>): string {
  const text: string = properties.DefinitionString ?? JSON.stringify(properties.Definition);
  const substitutions: [string, unknown][] = Object.entries(properties.DefinitionSubstitutions ?? {});
  return substitutions.reduce((result, [key, value]) => result.replaceAll(`\${${key}}`, String(value)), text);
}
