import type { Caller } from '../contract';

/** The condition keys that every request has. */
export function requestContext(caller: Caller, resourceAccount: string, region: string, now: number): Record<string, string> {
  const common = {
    'aws:CurrentTime': new Date(now).toISOString(),
    'aws:EpochTime': String(Math.floor(now / 1000)),
    'aws:RequestedRegion': region,
    'aws:ResourceAccount': resourceAccount,
    // The local endpoint is plain HTTP on the loopback interface, where nobody listens in: policies that demand TLS have to let it pass.
    'aws:SecureTransport': 'true',
  };
  if (caller.arn.endsWith('.amazonaws.com')) {
    return { ...common, 'aws:PrincipalIsAWSService': 'true' };
  }
  const isRole = caller.arn !== caller.principalArn;
  return {
    ...common,
    'aws:PrincipalIsAWSService': 'false',
    'aws:PrincipalArn': caller.principalArn,
    'aws:PrincipalAccount': caller.accountId,
    'aws:PrincipalType': isRole ? 'AssumedRole' : 'User',
    ...(isRole ? {} : { 'aws:username': caller.arn.slice(caller.arn.lastIndexOf('/') + 1) }),
  };
}
