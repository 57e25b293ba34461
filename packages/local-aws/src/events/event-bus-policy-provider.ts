import { busName, refreshPolicy, type EventBuses } from './event-buses';
import type { Authorizer, ResourceDelete, ResourceProvider, ResourceRequest, ResourceResult, ResourceUpdate } from '../contract';
import { checkResourcePolicy } from '../iam/policies/policy-checks';

interface EventBusPolicyProperties {
  readonly EventBusName?: string;
  readonly StatementId: string;
  readonly Statement?: object;
  readonly Action?: string;
  /** An account, or `*`. */
  readonly Principal?: string;
}

/** Plays AWS::Events::EventBusPolicy: one statement of a bus's policy. */
export class EventBusPolicyProvider implements ResourceProvider {
  public constructor(private readonly buses: EventBuses, private readonly authorizer: Authorizer) {}

  public async create(request: ResourceRequest): Promise<ResourceResult> {
    const { EventBusName, StatementId } = request.properties as EventBusPolicyProperties;
    const bus = this.buses.get(EventBusName);
    await this.authorizer.authorize({ caller: request.caller, action: 'events:PutPermission', resource: bus.arn });
    const statement = statementOf(request.properties as EventBusPolicyProperties, bus.arn);
    await checkResourcePolicy({ Version: '2012-10-17', Statement: [statement] });
    bus.statements.set(StatementId, statement);
    refreshPolicy(bus);
    return { physicalId: `${bus.name}|${StatementId}` };
  }

  public update(request: ResourceUpdate): Promise<ResourceResult> {
    return this.create(request);
  }

  public async delete({ physicalId, caller }: ResourceDelete): Promise<void> {
    const [name, statementId] = physicalId.split('|');
    const bus = this.buses.find(name);
    if (!bus) {
      return;
    }
    await this.authorizer.authorize({ caller, action: 'events:RemovePermission', resource: bus.arn });
    bus.statements.delete(statementId);
    refreshPolicy(bus);
  }
}

function statementOf({ StatementId, Statement, Action, Principal, EventBusName }: EventBusPolicyProperties, busArn: string): object {
  if (Statement) {
    return { Sid: StatementId, ...Statement };
  }
  if (!Principal) {
    throw new Error(`event bus policy ${StatementId} of ${busName(EventBusName ?? busArn)} has neither a Statement nor a Principal, give one`);
  }
  const principal = Principal === '*' ? '*' : { AWS: Principal };
  return { Sid: StatementId, Effect: 'Allow', Principal: principal, Action: Action ?? 'events:PutEvents', Resource: busArn };
}
