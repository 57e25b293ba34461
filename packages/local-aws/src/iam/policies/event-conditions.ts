/** Condition keys that the policy engine treats as lists, although a PutEvents request has only one value for each key. */
const LISTED_KEYS = /^events:(source|detail-type)$/i;

type Conditions = Record<string, Record<string, unknown>>;

/**
 * Adds `ForAnyValue` to plain condition operators on `LISTED_KEYS`, in place. The examples in EventBridge's documentation use plain
 * operators, but the policy engine evaluates `LISTED_KEYS` only with set operators such as `ForAnyValue`.
 */
export function withEventConditions(policy: { Statement?: unknown }): unknown {
  for (const statement of [policy.Statement ?? []].flat() as { Condition?: Conditions }[]) {
    if (statement?.Condition) {
      statement.Condition = withSetOperators(statement.Condition);
    }
  }
  return policy;
}

function withSetOperators(conditions: Conditions): Conditions {
  const result: Conditions = {};
  for (const [operator, values] of Object.entries(conditions)) {
    for (const [key, value] of Object.entries(values)) {
      const isPlain = LISTED_KEYS.test(key) && !operator.includes(':') && operator !== 'Null';
      const name = isPlain ? `ForAnyValue:${operator}` : operator;
      result[name] = { ...result[name], [key]: value };
    }
  }
  return result;
}
