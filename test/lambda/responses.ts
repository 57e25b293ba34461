import { EventEmitter } from 'node:events';
import https from 'node:https';
import { Readable } from 'node:stream';

/** One request to the URL at which CloudFormation waits for a response. */
export interface SentResponse {
  readonly url: string;
  readonly options: https.RequestOptions;
  readonly body: Readonly<Record<string, string>>;
}

/**
 * Mocks HTTPS requests, and returns the list to which each request is added.
 *
 * @param outcomes the HTTP status or the error of each request, in order. Further requests get the status 200.
 */
export function mockResponses(...outcomes: (number | Error)[]): SentResponse[] {
  const sent: SentResponse[] = [];
  jest.spyOn(https, 'request').mockImplementation(((url: string, options: https.RequestOptions) => {
    const outcome = outcomes[sent.length] ?? 200;
    const request = new EventEmitter();
    return Object.assign(request, {
      end: (body: string) => {
        sent.push({ url, options, body: JSON.parse(body) });
        setImmediate(() => typeof outcome === 'number'
          ? request.emit('response', Object.assign(Readable.from([]), { statusCode: outcome }))
          : request.emit('error', outcome));
        return request;
      },
    });
  }) as unknown as typeof https.request);
  return sent;
}
