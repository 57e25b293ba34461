import { DEFAULT_BUS, type EventBus, type EventBuses } from './event-buses';
import type { Authorizer, ResourceDelete, ResourceProvider, ResourceRequest, ResourceResult, ResourceUpdate } from '../contract';

const NAME = /^[/.\-_A-Za-z0-9]{1,256}$/;

/** Plays AWS::Events::EventBus. */
export class EventBusProvider implements ResourceProvider {
  public constructor(private readonly buses: EventBuses, private readonly authorizer: Authorizer) {}

  public async create({ properties, caller }: ResourceRequest): Promise<ResourceResult> {
    const name = String(properties.Name);
    if (!NAME.test(name) || name === DEFAULT_BUS) {
      throw new Error(`event bus name ${name} is not valid, give another than default of letters, digits and ./-_`);
    }
    await this.authorizer.authorize({ caller, action: 'events:CreateEventBus', resource: this.buses.busArn(name) });
    return result(this.buses.create(name));
  }

  public async update(request: ResourceUpdate): Promise<ResourceResult> {
    if (request.properties.Name !== request.oldProperties.Name) {
      return this.create(request);
    }
    return result(this.buses.get(request.physicalId));
  }

  public async delete({ physicalId, caller }: ResourceDelete): Promise<void> {
    await this.authorizer.authorize({ caller, action: 'events:DeleteEventBus', resource: this.buses.busArn(physicalId) });
    const rules = this.buses.find(physicalId)?.rules.size ?? 0;
    if (rules > 0) {
      throw new Error(`Event bus ${physicalId} can't be deleted since it has ${rules} rules.`);
    }
    this.buses.delete(physicalId);
  }
}

function result({ name, arn }: EventBus): ResourceResult {
  return { physicalId: name, attributes: { Name: name, Arn: arn } };
}
