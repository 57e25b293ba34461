import type { JobOutcomeProperties, WatchAnswer, WatchedJob } from '../../../src/contract';
import { SETTLING_MS } from '../../aws/errors';
import { operatorFor } from '../../aws/operator';
import { ownNamesOf } from '../../service-text/own-names';
import { announce } from '../../telemetry/announcement';
import { recordDecision } from '../../telemetry/log';
import { pollJob } from '../evidence';
import type { JobKind } from '../kind';
import { obstacleOf } from '../obstacles';
import { judgePoll } from '../outcome/decision';
import { pollingBudget } from '../polling';
import type { Verdict } from '../verdict';

const DECISIONS: Record<Verdict['kind'], WatchAnswer['Decision']> = { running: 'wait', succeeded: 'succeeded', failed: 'failed' };

/**
 * Polls and judges a detached job, by the same rules as `Outcome`. Sends the EventBridge event if the job has ended. The monitor calls this
 * function.
 *
 * @throws if the event can't be sent. The monitor then retries, because nothing else reports how the job ended.
 */
export async function judgeDetached(kind: JobKind, properties: JobOutcomeProperties, { Poll: { FailingSince }, Deadline: deadline }: WatchedJob):
Promise<WatchAnswer> {
  const operator = operatorFor(properties.OperatorRoleArn);
  const obstacle = obstacleOf(kind, properties);
  const poll = obstacle === undefined ? await pollJob(kind, properties, operator, pollingBudget()) : undefined;
  const now = Date.now();
  const failingSince = poll && 'error' in poll ? FailingSince || now : 0;
  // If a role changes while the job runs, AWS may refuse calls for some minutes. So the retry window begins at the first failed poll.
  const terms = { own: ownNamesOf(properties), settledBy: (failingSince || now) + SETTLING_MS, deadline };
  const verdict: Verdict = poll ? judgePoll(poll, (evidence) => kind.judge(evidence, properties), terms, now) : { kind: 'failed', why: obstacle! };
  await announce(kind, operator, properties, verdict);
  recordDecision(kind, properties.ConstructPath!, properties, deadline, verdict); // this call comes last, so that a retry doesn't count the job twice
  return { Decision: DECISIONS[verdict.kind], FailingSince: failingSince };
}
