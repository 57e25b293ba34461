import type { Event, Rule, Target } from './rules';

const PATH = /^\$(\.[\w-]+)*$/;

/** Returns the reason if a target of a rule isn't emulated; otherwise undefined. */
export function targetProblem({ Id, Arn, InputPath = '$', InputTransformer }: Target): string | undefined {
  if (!['lambda', 'sns'].includes(Arn.split(':')[2])) {
    return `target ${Arn} isn't emulated, give a Lambda function or an SNS topic`;
  }
  const path = [InputPath, ...Object.values(InputTransformer?.InputPathsMap ?? {})].find((candidate) => !PATH.test(candidate));
  return path === undefined ? undefined : `JSON path ${path} of target ${Id} isn't emulated, give one like $.detail.jobId`;
}

/** Returns the text that a target receives: its fixed input, its input template with values, or all or a part of the event as JSON. */
export function targetInput(event: Event, rule: Rule, { Input, InputPath = '$', InputTransformer }: Target): string {
  if (Input !== undefined) {
    return Input;
  }
  if (InputTransformer === undefined) {
    return JSON.stringify(valueAt(event, InputPath)) ?? 'null';
  }
  const { InputPathsMap = {}, InputTemplate } = InputTransformer;
  return fill(InputTemplate, {
    'aws.events.rule-arn': rule.arn,
    'aws.events.rule-name': rule.name,
    ...Object.fromEntries(Object.entries(InputPathsMap).map(([name, path]) => [name, valueAt(event, path)])),
  });
}

function valueAt(event: unknown, path: string): unknown {
  return path.split('.').slice(1).reduce<any>((value, step) => value?.[step], event); // type `any`, because events contain JSON of any shape
}

/** Replaces the variables in an input template with their values: as plain text inside quotes, as JSON elsewhere. */
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
