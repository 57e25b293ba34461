import { logGroupArn, type LogEvent, type Logs } from './logs';
import { jsonBody, jsonResponse, targetOperation, unknownOperation } from '../../../local-healthlake/src/http/json';
import { callerOf } from '../../../local-healthlake/src/service';
import { ServiceError, type Authorizer, type Caller, type Environment, type WireRequest, type WireResponse, type WireService } from '../contract';

/** The maximum and default number of events in one response. */
const MAX_EVENTS = 10_000;

interface FilterRequest {
  readonly logGroupName?: string;
  readonly logStreamNames?: readonly string[];
  /** The time of the earliest event to return, in milliseconds since the epoch. */
  readonly startTime?: number;
  /** The time of the latest event to return, in milliseconds since the epoch. */
  readonly endTime?: number;
  readonly limit?: number;
  readonly nextToken?: string;
}

const FILTER_MEMBERS = ['logGroupName', 'logStreamNames', 'startTime', 'endTime', 'limit', 'nextToken'];

/** Emulates FilterLogEvents of CloudWatch Logs. The CDK CLI uses it to show the log of a failed function. */
export class LogsWire implements WireService {
  public constructor(private readonly env: Environment, private readonly authorizer: Authorizer, private readonly logs: Logs) {}

  public async handle(request: WireRequest): Promise<WireResponse> {
    const operation = targetOperation(request);
    if (operation !== 'FilterLogEvents') {
      throw unknownOperation('CloudWatch Logs', operation);
    }
    return jsonResponse(request, await this.filterLogEvents(callerOf(request), jsonBody(request)));
  }

  private async filterLogEvents(caller: Caller, request: FilterRequest): Promise<object> {
    const { logGroupName = '' } = request;
    // FilterLogEvents is authorized on a log stream with an empty name. To allow it, a policy must append `:*` to the ARN of the log group.
    await this.authorizer.authorize({ caller, action: 'logs:FilterLogEvents', resource: `${logGroupArn(this.env, logGroupName)}:log-stream:` });
    const other = Object.keys(request).find((member) => !FILTER_MEMBERS.includes(member));
    if (other) {
      throw new ServiceError('InvalidParameterException', `${other} of FilterLogEvents isn't emulated by the local AWS`);
    }
    if (!this.logs.hasGroup(logGroupName)) {
      throw new ServiceError('ResourceNotFoundException', 'The specified log group does not exist.');
    }
    const events = this.logs.events(logGroupName).map((event, n) => ({ ...event, eventId: String(n).padStart(56, '0') }));
    const { items, nextToken } = page(events.filter(eventFilter(request)), request);
    return {
      events: items.map(({ stream, ...event }) => ({ ...event, logStreamName: stream, ingestionTime: event.timestamp })),
      searchedLogStreams: [],
      nextToken,
    };
  }
}

function eventFilter({ logStreamNames, startTime = -Infinity, endTime = Infinity }: FilterRequest): (event: LogEvent) => boolean {
  return ({ stream, timestamp }) => (logStreamNames?.includes(stream) ?? true) && timestamp >= startTime && timestamp <= endTime;
}

/** Returns one page of a list. `nextToken` is the index of the first item on the page; it stays valid, because events are only appended. */
function page<T>(items: readonly T[], { limit = MAX_EVENTS, nextToken = '0' }: FilterRequest): { items: T[]; nextToken?: string } {
  if (!(limit >= 1 && limit <= MAX_EVENTS)) {
    throw new ServiceError('InvalidParameterException',
      `1 validation error detected: Value '${limit}' at 'limit' failed to satisfy constraint: Member must have value between 1 and ${MAX_EVENTS}`);
  }
  if (!/^\d+$/.test(nextToken)) {
    throw new ServiceError('InvalidParameterException', 'The specified nextToken is invalid.');
  }
  const end = Number(nextToken) + limit;
  return { items: items.slice(Number(nextToken), end), nextToken: end < items.length ? String(end) : undefined };
}
