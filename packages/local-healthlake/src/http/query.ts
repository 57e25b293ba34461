import { randomUUID } from 'node:crypto';
import { renderXml, type XmlElement } from './xml';
import type { WireRequest, WireResponse } from '../service';

/** Returns the parameters of a request in AWS's query protocol, from the form body or the URL. */
export function queryParameters(request: WireRequest): URLSearchParams {
  return request.body.length > 0 ? new URLSearchParams(request.body.toString('utf8')) : request.query;
}

/** Returns a response in AWS's query protocol. `result` is the content of `<ActionResult>`. */
export function queryResponse(action: string, namespace: string, result: XmlElement): WireResponse {
  const requestId = randomUUID();
  return {
    status: 200,
    headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
    body: renderXml({
      [`${action}Response`]: { '@xmlns': namespace, [`${action}Result`]: result, 'ResponseMetadata': { RequestId: requestId } },
    }),
  };
}
