import { randomUUID } from 'node:crypto';
import { Delivery, type TargetServices } from './delivery';
import { checkEntries, entryError, type Entry, type EntryError } from './entry';
import type { Event, EventContent } from './event';
import { EventBuses, type EventBus } from './event-buses';
import { jsonBody, jsonResponse, targetOperation, unknownOperation } from '../../../local-healthlake/src/http/json';
import { callerOf } from '../../../local-healthlake/src/service';
import type { Authorizer, Caller, Environment, WireRequest, WireResponse, WireService } from '../contract';

export type { DeliveredEvent, TargetServices, UndeliveredEvent } from './delivery';
export type { Event, EventContent } from './event';

/** An event that a bus took. */
export interface EventOnBus {
  /** The name of the bus, whether there is one or not. */
  readonly bus: string;
  readonly event: Event;
}

/** Plays EventBridge: event buses, rules with patterns, and deliveries to functions, topics and log groups. */
export class Events implements WireService {
  /** What was put on which bus, the oldest first. */
  public readonly entries: EventOnBus[] = [];
  public readonly buses: EventBuses;
  private readonly delivery: Delivery;

  public constructor(private readonly environment: Environment, private readonly authorizer: Authorizer, services: TargetServices) {
    this.buses = new EventBuses(environment);
    this.delivery = new Delivery(environment, services);
  }

  /** What targets got, the oldest first. */
  public get delivered() {
    return this.delivery.delivered;
  }

  /** What targets should have got and did not, the oldest first. */
  public get undelivered() {
    return this.delivery.undelivered;
  }

  public async handle(request: WireRequest): Promise<WireResponse> {
    const operation = targetOperation(request);
    if (operation !== 'PutEvents') {
      throw unknownOperation('EventBridge', operation);
    }
    return jsonResponse(request, await this.putEvents(callerOf(request), jsonBody(request).Entries));
  }

  /** Puts an event of an AWS service on the default bus. It is delivered later. */
  public emit(content: EventContent): void {
    this.put(this.buses.get(), content, this.environment.clock.now());
  }

  /** Resolves when everything that was put has been delivered, or could not be. */
  public async settled(): Promise<void> {
    await this.delivery.settled();
  }

  /** Delivers what has been put so far, and nothing more. */
  public async close(): Promise<void> {
    await this.delivery.close();
  }

  private async putEvents(caller: Caller, entries: unknown): Promise<object> {
    checkEntries(entries);
    for (const entry of entries) {
      await this.authorizePut(caller, entry);
    }
    const results = entries.map((entry) => this.putEntry(entry));
    return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results };
  }

  private async authorizePut(caller: Caller, { EventBusName, Source, DetailType }: Entry): Promise<void> {
    await this.authorizer.authorize({
      caller,
      action: 'events:PutEvents',
      resource: this.buses.busArn(EventBusName),
      resourcePolicy: this.buses.find(EventBusName)?.policy,
      context: {
        ...(Source && { 'events:source': [Source] }),
        ...(DetailType && { 'events:detail-type': [DetailType] }),
        'events:eventBusInvocation': 'false',
      },
    });
  }

  private putEntry(entry: Entry): { EventId: string } | EntryError {
    const error = entryError(entry);
    if (error) {
      return error;
    }
    const { Source = '', DetailType = '', Detail = '{}', Resources = [], Time, EventBusName } = entry;
    const content = { 'source': Source, 'detail-type': DetailType, 'resources': Resources, 'detail': JSON.parse(Detail) };
    const time = Time === undefined ? this.environment.clock.now() : typeof Time === 'number' ? Time * 1000 : Date.parse(Time);
    // An event for a bus that isn't there is taken, and lost.
    const bus = this.buses.find(EventBusName) ?? { name: EventBusName ?? '' };
    return { EventId: this.put(bus, content, time).id };
  }

  private put(bus: EventBus | { readonly name: string }, content: EventContent, time: number): Event {
    const event: Event = {
      'version': '0',
      'id': randomUUID(),
      'detail-type': content['detail-type'],
      'source': content.source,
      'account': this.environment.accountId,
      'time': new Date(time).toISOString().replace(/\.\d+Z$/, 'Z'),
      'region': this.environment.region,
      'resources': content.resources,
      'detail': content.detail,
    };
    this.entries.push({ bus: bus.name, event });
    if ('rules' in bus) {
      this.delivery.toRules(event, bus.rules.values());
    }
    return event;
  }
}
