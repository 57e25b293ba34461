import { randomUUID } from 'node:crypto';
import { Delivery } from './delivery';
import { checkEntries, entryError, type Entry, type EntryError } from './entry';
import { DEFAULT_BUS, Rules, type Event, type EventContent } from './rules';
import { jsonBody, jsonResponse, targetOperation, unknownOperation } from '../../../local-healthlake/src/http/json';
import { callerOf } from '../../../local-healthlake/src/service';
import type { Authorizer, Caller, Environment, EventInvoker, WireRequest, WireResponse, WireService } from '../contract';
import type { Sns } from '../sns/sns';

export type { DeliveredEvent, UndeliveredEvent } from './delivery';
export type { Event, EventContent } from './rules';

/** An event that was put on a bus. */
export interface EventOnBus {
  /** The name of the bus, which may not exist. */
  readonly bus: string;
  readonly event: Event;
}

/** Emulates EventBridge: the default bus, rules with patterns, and deliveries to functions and topics. */
export class Events implements WireService {
  /** All events that were put on a bus, the oldest first. */
  public readonly entries: EventOnBus[] = [];
  public readonly rules: Rules;
  private readonly delivery: Delivery;

  public constructor(
    private readonly environment: Environment, private readonly authorizer: Authorizer, functions: EventInvoker, topics: Pick<Sns, 'publish'>,
  ) {
    this.rules = new Rules(environment);
    this.delivery = new Delivery(environment, functions, topics);
  }

  /** The successful deliveries to targets, the oldest first. */
  public get delivered() {
    return this.delivery.delivered;
  }

  /** The failed deliveries to targets, the oldest first. */
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

  /** Puts an event of an AWS service on the default bus. Doesn't wait for deliveries of the event. */
  public emit(content: EventContent): void {
    this.put(DEFAULT_BUS, content, this.environment.clock.now());
  }

  /** Resolves when every started delivery has succeeded or failed. */
  public async settled(): Promise<void> {
    await this.delivery.settled();
  }

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
      resource: this.rules.busArn(EventBusName),
      context: {
        ...(Source && { 'events:source': [Source] }),
        ...(DetailType && { 'events:detail-type': [DetailType] }),
      },
    });
  }

  private putEntry(entry: Entry): { EventId: string } | EntryError {
    const error = entryError(entry);
    if (error) {
      return error;
    }
    const { Source = '', DetailType = '', Detail = '{}', Resources = [], Time, EventBusName = DEFAULT_BUS } = entry;
    const content = { 'source': Source, 'detail-type': DetailType, 'resources': Resources, 'detail': JSON.parse(Detail) };
    const time = Time === undefined ? this.environment.clock.now() : typeof Time === 'number' ? Time * 1000 : Date.parse(Time);
    return { EventId: this.put(EventBusName.slice(EventBusName.lastIndexOf('/') + 1), content, time).id };
  }

  /** Puts an event on a bus. EventBridge accepts and drops an event for a bus that doesn't exist. */
  private put(bus: string, content: EventContent, time: number): Event {
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
    this.entries.push({ bus, event });
    if (bus === DEFAULT_BUS) {
      this.delivery.toRules(event, this.rules.all());
    }
    return event;
  }
}
