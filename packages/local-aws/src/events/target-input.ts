import type { Event, Rule, Target } from './rules';

const PATH = /^\$(\.[\w-]+)*$/;

/** Returns the reason if a target of a rule isn't emulated; otherwise undefined. */
export function targetProblem({ Id, Arn, InputTransformer, ...others }: Target): string | undefined {
  if (Arn.split(':')[2] !== 'sns') {
    return `target ${Arn} isn't emulated, give an SNS topic`;
  }
  const other = ['Input', 'InputPath'].find((name) => name in others);
  if (other) {
    return `${other} of target ${Id} isn't emulated, give an InputTransformer`;
  }
  const path = Object.values(InputTransformer?.InputPathsMap ?? {}).find((candidate) => !PATH.test(candidate));
  return path === undefined ? undefined : `JSON path ${path} of target ${Id} isn't emulated, give one like $.detail.jobId`;
}

/** Returns the text that a target gets: the event as JSON, or the filled-in input template. */
export function targetInput(event: Event, rule: Rule, { InputTransformer }: Target): string {
  if (InputTransformer === undefined) {
    return JSON.stringify(event);
  }
  const { InputPathsMap = {}, InputTemplate } = InputTransformer;
  return fill(InputTemplate, {
    'aws.events.rule-arn': rule.arn,
    'aws.events.rule-name': rule.name,
    ...Object.fromEntries(Object.entries(InputPathsMap).map(([name, path]) => [name, valueAt(event, path)])),
  });
}

function valueAt(event: unknown, path: string): unknown {
  return path.split('.').slice(1).reduce<any>((value, step) => value?.[step], event); // any: events hold JSON of any shape
}

/** Replaces the variables in a template with their values: as plain text inside quotes, as JSON elsewhere. */
function fill(template: string, variables: Readonly<Record<string, unknown>>): string {
  let isQuoted = false;
  return template.replace(/\\.|"|<([\w.-]+)>/g, (token: string, name: string | undefined) => {
    if (token === '"') {
      isQuoted = !isQuoted;
    }
    if (name === undefined || !Object.hasOwn(variables, name)) {
      return token;
    }
    const value = variables[name];
    if (!isQuoted) {
      return JSON.stringify(value) ?? 'null';
    }
    const text = typeof value === 'string' ? value : JSON.stringify(value) ?? '';
    return JSON.stringify(text).slice(1, -1);
  });
}
