/** Keys that the engine takes for lists; PutEvents has one value of each at a time. */
const LISTED_KEYS = /^events:(source|detail-type)$/i;

type Conditions = Record<string, Record<string, unknown>>;

/**
 * Adds `ForAnyValue` to plain operators on these keys, in place. EventBridge's own examples use plain operators, but the engine expects a
 * set operator and would find no match.
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
