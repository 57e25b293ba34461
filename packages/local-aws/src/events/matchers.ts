/** Judges one value of an event; undefined if the event doesn't have it. */
export type Matcher = (value: unknown) => boolean;

/** Makes a matcher of one member of a list in a pattern. Throws if EventBridge doesn't know such a member. */
export function matcherOf(condition: unknown): Matcher {
  if (!isObject(condition)) {
    return (value) => value === condition;
  }
  const [[name, operand], ...more] = Object.entries(condition);
  if (more.length > 0) {
    throw new Error(`Event pattern is not valid. Reason: Only one key allowed in match expression, got ${JSON.stringify(condition)}`);
  }
  const make = MATCHERS[name];
  if (!make) {
    throw new Error(`Event pattern is not valid. Reason: Unrecognized match type ${name}`);
  }
  return make(operand);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const MATCHERS: Readonly<Record<string, (operand: unknown) => Matcher>> = {
  'prefix': (operand) => ofText(operand, (value, text) => value.startsWith(text)),
  'suffix': (operand) => ofText(operand, (value, text) => value.endsWith(text)),
  'equals-ignore-case': (operand) => ofText({ 'equals-ignore-case': operand }, (value, text) => value === text),
  'wildcard': (operand) => wildcard(String(operand)),
  'exists': (operand) => (value) => (value !== undefined) === operand,
  'numeric': (operand) => numeric(operand as unknown[]),
  'anything-but': (operand) => anythingBut(operand),
};

/** @param operand a text, or `{ "equals-ignore-case": text }` */
function ofText(operand: unknown, holds: (value: string, text: string) => boolean): Matcher {
  const ignoresCase = isObject(operand);
  const text = ignoresCase ? operand['equals-ignore-case'] : operand;
  if (typeof text !== 'string') {
    throw new Error(`Event pattern is not valid. Reason: ${JSON.stringify(operand)} is not a string`);
  }
  const folded = (value: string): string => ignoresCase ? value.toLowerCase() : value;
  return (value) => typeof value === 'string' && holds(folded(value), folded(text));
}

function wildcard(text: string): Matcher {
  const pattern = new RegExp(`^${text.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')).join('[^]*')}$`);
  return (value) => typeof value === 'string' && pattern.test(value);
}

const COMPARISONS: Readonly<Record<string, (value: number, limit: number) => boolean>> = {
  '=': (value, limit) => value === limit,
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
  '>': (value, limit) => value > limit,
  '>=': (value, limit) => value >= limit,
};

/** @param operand pairs of comparison and limit in a row, like `['>', 0, '<=', 5]` */
function numeric(operand: readonly unknown[]): Matcher {
  const pairs = Array.from({ length: Math.ceil(operand.length / 2) }, (_, n) => [String(operand[2 * n]), operand[2 * n + 1]] as const);
  for (const [comparison, limit] of pairs) {
    if (!COMPARISONS[comparison] || typeof limit !== 'number') {
      throw new Error(`Event pattern is not valid. Reason: Bad numeric range ${JSON.stringify(operand)}`);
    }
  }
  return (value) => typeof value === 'number' && pairs.every(([comparison, limit]) => COMPARISONS[comparison](value, limit as number));
}

/** Of an absent value nothing is known: that is no match. */
function anythingBut(operand: unknown): Matcher {
  const conditions = isObject(operand)
    ? Object.entries(operand).flatMap(([name, texts]) => [texts].flat().map((text) => ({ [name]: text })))
    : [operand].flat();
  const refused = conditions.map(matcherOf);
  return (value) => value !== undefined && !refused.some((matches) => matches(value));
}
