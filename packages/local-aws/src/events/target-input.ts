import type { Event } from './event';
import type { Rule, Target } from './event-buses';

/** The text that a target gets: JSON, unless an input template is other text. */
export function targetInput(event: Event, rule: Rule, { Input, InputPath, InputTransformer }: Target): string {
  if (Input !== undefined) {
    return Input;
  }
  if (InputPath !== undefined) {
    return JSON.stringify(valueAt(event, InputPath)) ?? 'null';
  }
  if (InputTransformer === undefined) {
    return JSON.stringify(event);
  }
  const { InputPathsMap = {}, InputTemplate } = InputTransformer;
  const variables: Record<string, unknown> = {
    'aws.events.rule-arn': rule.arn,
    'aws.events.rule-name': rule.name,
    'aws.events.event.ingestion-time': event.time,
    'aws.events.event': event,
    'aws.events.event.json': event,
    ...Object.fromEntries(Object.entries(InputPathsMap).map(([name, path]) => [name, valueAt(event, path)])),
  };
  return filled(InputTemplate, variables);
}

/** What a JSON path like `$.detail.ids[0]` leads to. */
export function valueAt(event: unknown, path: string): unknown {
  if (!/^\$(\.[\w-]+|\[\d+\]|\['[^']+'\])*$/.test(path)) {
    throw new Error(`JSON path ${path} isn't played here, give one like $.detail.jobId`);
  }
  const steps = path.match(/[\w-]+(?=[.[]|$)|(?<=\[)\d+|(?<=\[')[^']+/g) ?? [];
  return steps.reduce<any>((value, step) => value?.[step], event); // any: events hold JSON of any shape
}

/** Inside quotes a text stands as it is; outside, a value stands as JSON. */
function filled(template: string, variables: Readonly<Record<string, unknown>>): string {
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
