import type { WatchAnswer, WatchedImport } from '../../../src/contract';
import { operatorFor } from '../../aws/operator';
import { ownNamesOf } from '../../service-text/own-names';
import { announce } from '../../telemetry/announcement';
import { decideOutcome, obstacleOf } from '../outcome/decision';
import { lookAt, tell } from '../outcome/look';
import { invocationBudget } from '../watch';

/**
 * Judges a job of a detached import, as `Outcome` judges those that are waited for, and announces how it ended.
 *
 * @throws if that can't be announced: nobody else would tell, so the state machine tries again
 */
export async function judgeDetached({ Import: properties, Poll, Deadline }: WatchedImport): Promise<WatchAnswer> {
  const operator = operatorFor(properties.OperatorRoleArn);
  const obstacle = obstacleOf(properties);
  const look = obstacle === undefined ? await lookAt(properties, operator, invocationBudget()) : undefined;
  const now = Date.now();
  const FailingSince = look && 'error' in look ? Poll.FailingSince || now : 0;
  // What a role that changes makes AWS say may pass, hours after the start too: the patience with it begins with the first such look.
  const change = { tolerance: properties.ErrorTolerance, obstacle, own: ownNamesOf(properties), RequestedAt: FailingSince || now, Deadline };
  const decision = decideOutcome(change, { look, now });
  await announce(operator, properties, decision);
  tell({ construct: properties.ConstructPath!, properties, Deadline }, decision); // last: what is tried again is counted once
  switch (decision.kind) {
    case 'wait':
      return { Decision: 'wait', FailingSince };
    case 'fail':
      return { Decision: 'failed', FailingSince };
    default:
      return { Decision: 'succeeded', FailingSince };
  }
}
