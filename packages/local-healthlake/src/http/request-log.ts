import type { FaultKind } from './faults';

/** One request that the router has answered, or broken off. */
export interface LoggedRequest {
  readonly service: string;
  readonly operation: string;
  readonly callerArn?: string;
  /** Undefined if the connection was reset instead of an answer. */
  readonly status?: number;
  readonly fault?: FaultKind;
  /** When it arrived, by the clock. */
  readonly time: number;
}

/** All requests, oldest first, for tests and benchmarks to count. */
export class RequestLog {
  private requests: LoggedRequest[] = [];

  public get entries(): readonly LoggedRequest[] {
    return this.requests;
  }

  public add(request: LoggedRequest): void {
    this.requests.push(request);
  }

  public of(service: string, operation?: string): LoggedRequest[] {
    return this.requests.filter((request) => request.service === service && (operation ?? request.operation) === request.operation);
  }

  public clear(): void {
    this.requests = [];
  }
}
