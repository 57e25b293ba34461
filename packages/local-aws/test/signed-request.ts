import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import type { HashConstructor } from '@smithy/types';
import { REGION, type Foundation } from './foundation';
import { parseXml, type ParsedXml } from '../../local-healthlake/src/http/xml';
import type { Environment } from '../src/contract';
import { ADMIN_CREDENTIALS } from '../src/iam/iam';

class Sha256 {
  private readonly hash;

  public constructor(secret?: Parameters<typeof createHmac>[1]) {
    this.hash = secret ? createHmac('sha256', secret) : createHash('sha256');
  }

  public update(data: Parameters<ReturnType<typeof createHash>['update']>[0]): void {
    this.hash.update(data);
  }

  public async digest(): Promise<Uint8Array> {
    return this.hash.digest();
  }
}

type Credentials = typeof ADMIN_CREDENTIALS | { readonly accessKeyId: string; readonly secretAccessKey: string };

function signerFor(service: string, credentials: Credentials, region = REGION): SignatureV4 {
  return new SignatureV4({ service, region, credentials, sha256: Sha256 as unknown as HashConstructor, uriEscapePath: false });
}

/** Returns a presigned URL for GET. */
export async function signed(aws: Foundation, service: string, path: string, credentials: Credentials = ADMIN_CREDENTIALS): Promise<string> {
  const { hostname, port, protocol, host } = new URL(aws.environment.endpoint());
  const request = { method: 'GET', protocol, hostname, port: Number(port), path, headers: { host } };
  const { query = {} } = await signerFor(service, credentials).presign(request);
  return `${aws.environment.endpoint()}${path}?${new URLSearchParams(query as Record<string, string>).toString()}`;
}

/** Calls a service with AWS's JSON protocol, for services whose client isn't installed. */
export async function callJson(
  aws: { readonly environment: Pick<Environment, 'endpoint' | 'region'> }, service: string, target: string, input: object, credentials: Credentials = ADMIN_CREDENTIALS,
): Promise<{ status: number; contentType: string | null; body: unknown }> {
  const contentHeaders = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target };
  const response = await post(aws.environment, service, JSON.stringify(input), contentHeaders, credentials);
  return { status: response.status, contentType: response.headers.get('content-type'), body: await response.json() };
}

/** Calls a service with AWS's query protocol, for services whose client isn't installed. */
export async function callQuery(
  aws: { readonly environment: Pick<Environment, 'endpoint' | 'region'> }, service: string, parameters: Record<string, string>,
  credentials: Credentials = ADMIN_CREDENTIALS,
): Promise<{ status: number; body: ParsedXml }> {
  const content = new URLSearchParams(parameters).toString();
  const response = await post(aws.environment, service, content, { 'content-type': 'application/x-www-form-urlencoded' }, credentials);
  return { status: response.status, body: parseXml(await response.text()) };
}

async function post(
  environment: Pick<Environment, 'endpoint' | 'region'>, service: string, content: string, contentHeaders: Record<string, string>, credentials: Credentials,
): Promise<Response> {
  const { hostname, port, protocol, host } = new URL(environment.endpoint());
  const { method, body, headers } = await signerFor(service, credentials, environment.region).sign({
    method: 'POST',
    protocol,
    hostname,
    port: Number(port),
    path: '/',
    body: content,
    headers: { host, ...contentHeaders },
  });
  return fetch(environment.endpoint(), { method, body: String(body), headers });
}
