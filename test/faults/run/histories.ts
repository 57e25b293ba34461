import type { Execution } from '../../../packages/local-aws/src/stepfunctions/stepfunctions';

/**
 * Returns the history of an execution without the responses of HealthLake. Step Functions records every response, and the message of a job may contain an
 * object name. By design, users who may read execution histories may see that name.
 */
export function historyWithoutAnswers({ history: { events } }: Execution): unknown[] {
  return events.map((event) => Object.fromEntries(Object.entries(event)
    .map(([name, value]) => [name, isDetails(value) ? withoutAnswer(value) : value])));
}

interface Details {
  readonly resourceType?: string;
  readonly input?: string;
  readonly output?: string;
  readonly cause?: string;
}

function isDetails(value: unknown): value is Details {
  return typeof value === 'object' && value !== null;
}

function withoutAnswer(details: Details): Details {
  if (details.resourceType === 'aws-sdk:healthlake') {
    return { ...details, output: undefined, cause: undefined };
  }
  return { ...details, input: withoutPoll(details.input), output: withoutPoll(details.output) };
}

/** Removes the member `Look`, in which the state machine keeps HealthLake's response. */
function withoutPoll(data: string | undefined): string | undefined {
  return data && JSON.stringify(JSON.parse(data), (name, value: unknown) => name === 'Look' ? undefined : value);
}
