import { ServiceError } from '../contract';
import type { Denial } from './policies/engine';

/** Services whose denials are called AccessDenied; elsewhere it is AccessDeniedException. */
const SHORT_NAMED = ['s3', 'sts', 'iam', 'cloudformation'];

/** The error of a denied request, worded as AWS does. */
export function accessDenied(callerArn: string, action: string, resource: string, because?: Denial): ServiceError {
  const service = action.slice(0, action.indexOf(':'));
  const shown = service === 's3' ? `"${resource}"` : resource;
  const name = SHORT_NAMED.includes(service) ? 'AccessDenied' : 'AccessDeniedException';
  const message = `User: ${callerArn} is not authorized to perform: ${action} on resource: ${shown}${because ? reason(because, action) : ''}`;
  return new ServiceError(name, message, name === 'AccessDenied' || service === 'lambda' ? 403 : 400);
}

function reason({ explicit, policyType }: Denial, action: string): string {
  if (!explicit) {
    return ` because no ${policyType} allows the ${action} action`;
  }
  return ` with an explicit deny in ${policyType === 'identity-based policy' ? 'an' : 'a'} ${policyType}`;
}
