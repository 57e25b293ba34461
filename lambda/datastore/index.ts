import { guardDatastore } from './replacement-guard/handler';
import { ask } from '../aws/errors';
import { toFailure } from '../framework/reason';
import { type CustomResourceEvent, respond } from '../framework/response';
import { ownNamesOf } from '../service-text/own-names';

/** CloudFormation calls this function for each change of a replacement guard. */
export async function handler(event: CustomResourceEvent): Promise<void> {
  const guarded = await ask(() => guardDatastore(event));
  const reason = 'error' in guarded ? toFailure(guarded.error, ownNamesOf({}, event.StackId)).message : undefined;
  // The physical id never changes, so that CloudFormation sends no deletion.
  await respond(event, event.PhysicalResourceId ?? event.LogicalResourceId, reason);
}
