import type { Execution } from '../../../packages/local-aws/src/stepfunctions/stepfunctions';

/**
 * The history of an execution without what HealthLake itself answered to its state machine. Step Functions writes down whatever a service answers,
 * and HealthLake may name an object in the message of a job: who may read histories may read that.
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
  return { ...details, input: withoutLook(details.input), output: withoutLook(details.output) };
}

/** The state machine carries the answer along as `Look`. */
function withoutLook(data: string | undefined): string | undefined {
  return data && JSON.stringify(JSON.parse(data), (name, value: unknown) => name === 'Look' ? undefined : value);
}
