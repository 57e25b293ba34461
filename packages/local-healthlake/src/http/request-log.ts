import type { FaultKind } from './faults';

/** A request that the router has answered or reset. */
export interface LoggedRequest {
  readonly service: string;
  readonly operation: string;
  readonly callerArn?: string;
  /** The HTTP status of the response; undefined if the connection was reset. */
  readonly status?: number;
  readonly fault?: FaultKind;
  /** The arrival time of the request, by the clock of the local AWS. */
  readonly time: number;
}

/** The requests that the router has received, oldest first, for tests. */
export class RequestLog {
  private requests: LoggedRequest[] = [];

  public get entries(): readonly LoggedRequest[] {
    return this.requests;
  }

  public add(request: LoggedRequest): void {
    this.requests.push(request);
  }

  /** Returns the requests of a service, or of one of its operations. */
  public of(service: string, operation?: string): LoggedRequest[] {
    return this.requests.filter((request) => request.service === service && (operation ?? request.operation) === request.operation);
  }

  public clear(): void {
    this.requests = [];
  }
}
