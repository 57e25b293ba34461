import { logGroupArn } from './arn';
import { eventFilter, type EventFilter } from './filter';
import type { Logs } from './logs';
import { page, type PageRequest } from './page';
import { jsonBody, jsonResponse, targetOperation, unknownOperation } from '../../../local-healthlake/src/http/json';
import { callerOf } from '../../../local-healthlake/src/service';
import { ServiceError, type Authorizer, type Caller, type Environment, type WireRequest, type WireResponse, type WireService } from '../contract';

/** What AWS gives at once. */
const MOST_EVENTS = 10_000;
const MOST_GROUPS = 50;

interface FilterRequest extends EventFilter, PageRequest {
  readonly logGroupName?: string;
}

interface DescribeRequest extends PageRequest {
  readonly logGroupNamePrefix?: string;
  readonly logGroupNamePattern?: string;
}

/** The API of CloudWatch Logs, as far as it is played: what the CDK CLI shows of a function that failed. */
export class LogsWire implements WireService {
  public constructor(private readonly env: Environment, private readonly authorizer: Authorizer, private readonly logs: Logs) {}

  public async handle(request: WireRequest): Promise<WireResponse> {
    const operation = targetOperation(request);
    const input = jsonBody(request);
    const caller = callerOf(request);
    switch (operation) {
      case 'FilterLogEvents':
        return jsonResponse(request, await this.filterLogEvents(caller, input));
      case 'DescribeLogGroups':
        return jsonResponse(request, await this.describeLogGroups(caller, input));
      default:
        throw unknownOperation('CloudWatch Logs', operation);
    }
  }

  private async filterLogEvents(caller: Caller, request: FilterRequest): Promise<object> {
    const { logGroupName = '' } = request;
    // Any action on a group is asked of a stream without a name: only policies with `:*` at the end of the group let it pass.
    await this.authorizer.authorize({ caller, action: 'logs:FilterLogEvents', resource: `${logGroupArn(this.env, logGroupName)}:log-stream:` });
    if (!this.logs.hasGroup(logGroupName)) {
      throw new ServiceError('ResourceNotFoundException', 'The specified log group does not exist.');
    }
    const events = this.logs.events(logGroupName).map((event, n) => ({ ...event, eventId: String(n).padStart(56, '0') }));
    const { items, nextToken } = page(events.filter(eventFilter(request)), request, MOST_EVENTS);
    return {
      events: items.map(({ stream, ...event }) => ({ ...event, logStreamName: stream, ingestionTime: event.timestamp })),
      searchedLogStreams: [],
      nextToken,
    };
  }

  private async describeLogGroups(caller: Caller, request: DescribeRequest): Promise<object> {
    const { logGroupNamePrefix = '', logGroupNamePattern = '' } = request;
    await this.authorizer.authorize({ caller, action: 'logs:DescribeLogGroups', resource: `${logGroupArn(this.env, '')}:log-stream:` });
    const names = this.logs.groupNames().sort()
      .filter((name) => name.startsWith(logGroupNamePrefix) && name.toLowerCase().includes(logGroupNamePattern.toLowerCase()));
    const { items, nextToken } = page(names, request, MOST_GROUPS);
    return { logGroups: items.map((name) => this.description(name)), nextToken };
  }

  private description(name: string): object {
    const arn = logGroupArn(this.env, name);
    return {
      logGroupName: name,
      logGroupArn: arn,
      arn: `${arn}:*`,
      creationTime: this.logs.creationTime(name),
      retentionInDays: this.logs.retentionInDays(name),
      metricFilterCount: 0,
      storedBytes: this.logs.events(name).reduce((bytes, { message }) => bytes + Buffer.byteLength(message), 0),
      logGroupClass: 'STANDARD',
    };
  }
}
