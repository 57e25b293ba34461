import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ServiceError, type Caller, type Clock, type WireResponse, type WireService } from '../service';
import { Faults, parseFaultRule, type Fault } from './faults';
import { operationOf } from './operation-name';
import { errorResponse, faultError, tooLargeRequest, unknownAccessKey, unsignedRequest } from './protocol';
import { receive, unframedBody, type ReceivedRequest } from './receive';
import { RequestLog } from './request-log';

export { Faults, type Fault, type FaultedRequest, type FaultError, type FaultHook, type FaultKind, type FaultRule } from './faults';
export { RequestLog, type LoggedRequest } from './request-log';

/** Finds the callers of requests. */
export interface Callers {
  /** Returns the owner of an access key; undefined for an unknown key. */
  callerOf(accessKeyId: string, sessionToken?: string): Caller | undefined;
}

/** The path of the request that injects a fault into a stand-alone server. */
const FAULTS_PATH = '/_local/faults';

/** The HTTP server of the local AWS. It finds the caller of each request and passes the request to its service. */
export class Router {
  /** The faults that tests inject into requests. */
  public readonly faults = new Faults();
  public readonly requests = new RequestLog();

  private readonly services = new Map<string, WireService>();
  private readonly unsigned = new Map<string, WireService>();
  private readonly closing = new AbortController();
  private readonly server: Server;

  public constructor(private readonly callers: Callers, private readonly clock: Clock) {
    this.server = createServer((incoming, outgoing) => void this.answer(incoming, outgoing));
  }

  /** Registers a service under its SigV4 name. */
  public register(service: string, wire: WireService): void {
    this.services.set(service, wire);
  }

  /** Registers a service for unsigned requests below a path. The path is the service's name in the log and in faults. */
  public registerUnsigned(pathPrefix: string, wire: WireService): void {
    this.unsigned.set(pathPrefix, wire);
  }

  /** Listens on 127.0.0.1 and returns the port. Port 0 picks a free port. */
  public async listen(port = 0): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, '127.0.0.1', () => {
        this.server.off('error', reject);
        resolve();
      });
    });
    return (this.server.address() as AddressInfo).port;
  }

  /** Stops listening and closes all connections. */
  public async close(): Promise<void> {
    this.closing.abort(new Error('the router is closed'));
    if (!this.server.listening) {
      return;
    }
    const closed = new Promise<void>((resolve, reject) => this.server.close((error) => error ? reject(error) : resolve()));
    this.server.closeAllConnections();
    await closed;
  }

  private async answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    try {
      const response = await this.respond(await receive(incoming));
      if (response) {
        send(outgoing, response, incoming.method === 'HEAD');
        return;
      }
    } catch {
      // The client or the router closed the connection during the request, so no response can be sent.
    }
    incoming.socket.destroy();
  }

  /** Returns the response to a request, or undefined if the connection must be reset. */
  private async respond(request: ReceivedRequest): Promise<WireResponse | undefined> {
    if (request.path === FAULTS_PATH && request.method === 'POST') {
      return this.injectFault(request.body);
    }

    const [unsignedPrefix, unsignedService] = [...this.unsigned].find(([prefix]) => request.path.startsWith(prefix)) ?? [];
    const service = unsignedPrefix ?? request.service;
    const operation = unsignedPrefix ? request.method : operationOf(request);
    const caller = unsignedPrefix ? undefined : this.callers.callerOf(request.accessKeyId ?? '', request.sessionToken);
    const fault = this.faults.take(service, operation, { callerArn: caller?.arn });
    const logged = { service, operation, callerArn: caller?.arn, fault: fault?.kind, time: this.clock.now() };

    if (fault?.kind === 'delay') {
      await this.clock.sleep(fault.ms ?? 0, this.closing.signal);
    }
    if (fault?.kind === 'reset-before') {
      this.requests.add(logged);
      return undefined;
    }
    const response = await this.serve(request, unsignedService, caller, fault).catch((error: unknown) =>
      errorResponse(request.service, asServiceError(error, request.service), request.path, request.headers['content-type']));
    const lost = fault?.kind === 'reset-after';
    this.requests.add(lost ? logged : { ...logged, status: response.status });
    return lost ? undefined : response;
  }

  private async serve(
    { accessKeyId, sessionToken, isTooLarge, ...request }: ReceivedRequest, unsigned: WireService | undefined, caller?: Caller, fault?: Fault,
  ): Promise<WireResponse> {
    const error = fault && faultError(request.service, fault);
    if (error) {
      throw error;
    }
    if (isTooLarge) {
      throw tooLargeRequest(request.service);
    }
    const body = unframedBody(request);
    if (unsigned) {
      return unsigned.handle({ ...request, body });
    }
    if (!accessKeyId) {
      throw unsignedRequest(request.service);
    }
    if (!caller) {
      throw unknownAccessKey(request.service);
    }
    const service = this.services.get(request.service);
    if (!service) {
      throw new ServiceError('UnknownService', `the local AWS has no service ${request.service}`, 501);
    }
    return service.handle({ ...request, body, caller });
  }

  private injectFault(body: Buffer): WireResponse {
    try {
      this.faults.inject(parseFaultRule(body.toString('utf8')));
      return { status: 204 };
    } catch (error) {
      return { status: 400, headers: { 'content-type': 'text/plain' }, body: messageOf(error) };
    }
  }
}

function asServiceError(error: unknown, service: string): ServiceError {
  if (error instanceof ServiceError) {
    return error;
  }
  return new ServiceError(service === 's3' ? 'InternalError' : 'InternalFailure', messageOf(error), 500);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function send(outgoing: ServerResponse, response: WireResponse, head: boolean): void {
  const body = Buffer.isBuffer(response.body) ? response.body : Buffer.from(response.body ?? '', 'utf8');
  const bodyless = head || response.status === 204 || response.status === 304;
  outgoing.writeHead(response.status, { ...(bodyless ? {} : { 'content-length': String(body.length) }), ...response.headers });
  outgoing.end(bodyless ? undefined : body);
}
