import type { Laptop } from './laptop';
import { RESPONSE_PATH } from '../../../packages/local-aws/src/cloudformation/cloudformation';
import type { WireRequest } from '../../../packages/local-healthlake/src/service';

/** What a custom resource has put to its ResponseURL. */
export interface Answer {
  readonly status: string;
  readonly reason: string;
  readonly requestId: string;
  readonly logicalId: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Of the whole body: CloudFormation takes 4,096. */
  readonly bytes: number;
}

/** The answers of all custom resources from now on, the oldest first, also those that nobody waits for any more. */
export function noteAnswers({ aws }: Laptop): readonly Answer[] {
  const answers: Answer[] = [];
  aws.router.registerUnsigned(RESPONSE_PATH, {
    handle: (request: WireRequest) => {
      const answer = JSON.parse(request.body.toString('utf8'));
      answers.push({
        status: answer.Status,
        reason: answer.Reason,
        requestId: answer.RequestId,
        logicalId: answer.LogicalResourceId,
        attributes: answer.Data ?? {},
        bytes: request.body.length,
      });
      return aws.cloudformation.customResources.handle(request);
    },
  });
  return answers;
}

/** From a resource's event that it is in progress to the one that it isn't any more. */
export interface Change {
  readonly logicalId: string;
  readonly status: string;
  readonly reason: string;
  /** How long it took, by the clock, to a second. */
  readonly minutes: number;
}

/** All changes of the resources whose logical ids begin so, in the order in which they ended. */
export function changesOf({ aws }: Laptop, stackName: string, logicalIdPrefix: string): Change[] {
  const since = new Map<string, number>();
  const changes: Change[] = [];
  const events = aws.cloudformation.stacks.get(stackName).events.newestFirst().reverse();
  for (const { LogicalResourceId: logicalId, ResourceStatus: status, ResourceStatusReason: reason = '', Timestamp: time } of events) {
    if (!logicalId.startsWith(logicalIdPrefix)) {
      continue;
    }
    if (status.endsWith('_IN_PROGRESS')) {
      since.set(logicalId, since.get(logicalId) ?? time);
    } else {
      // The times of events are real ones, because the CDK CLI compares them with its own.
      const seconds = Math.round((time - (since.get(logicalId) ?? time)) * aws.clock.scale / 1000);
      changes.push({ logicalId, status, reason, minutes: seconds / 60 });
      since.delete(logicalId);
    }
  }
  return changes;
}
