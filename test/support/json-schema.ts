/** The JSON Schema keywords that the schemas in docs/ use. */
export interface JsonSchema {
  readonly description?: string;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maxItems?: number;
  readonly items?: JsonSchema;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: false;
}

const KNOWN = [
  '$schema', 'title', 'description', '$ref', '$defs', 'type', 'const', 'enum', 'pattern', 'minimum', 'maxItems', 'items', 'required', 'properties',
  'additionalProperties',
];

/** Returns every violation of a schema, each with the path of the invalid value. */
export function violations(value: unknown, schema: JsonSchema, root: JsonSchema = schema, path = '$'): string[] {
  const unknown = Object.keys(schema).filter((keyword) => !KNOWN.includes(keyword)).map((keyword) => `${path}: the keyword ${keyword} is not known here`);
  const referred = schema.$ref === undefined ? [] : violations(value, root.$defs![schema.$ref.replace('#/$defs/', '')], root, path);
  const wrong = [
    schema.type !== undefined && !hasType(value, schema.type) && `is no ${schema.type}`,
    'const' in schema && value !== schema.const && `is not ${String(schema.const)}`,
    schema.enum && !schema.enum.includes(value) && 'is not in the list',
    schema.pattern !== undefined && !new RegExp(schema.pattern).test(String(value)) && `does not look like ${schema.pattern}`,
    schema.minimum !== undefined && !(Number(value) >= schema.minimum) && `is less than ${schema.minimum}`,
    schema.maxItems !== undefined && !((value as unknown[]).length <= schema.maxItems) && `has more than ${schema.maxItems} items`,
  ].filter((sentence) => typeof sentence === 'string').map((sentence) => `${path} ${sentence}`);
  return [...unknown, ...referred, ...wrong, ...itemViolations(value, schema, root, path), ...memberViolations(value, schema, root, path)];
}

function itemViolations(value: unknown, { items }: JsonSchema, root: JsonSchema, path: string): string[] {
  return items && Array.isArray(value) ? value.flatMap((item, i) => violations(item, items, root, `${path}[${i}]`)) : [];
}

function memberViolations(value: unknown, { properties, required, additionalProperties }: JsonSchema, root: JsonSchema, path: string): string[] {
  if (!properties || !hasType(value, 'object')) {
    return [];
  }
  const members = Object.entries(value as object);
  return [
    ...(required ?? []).filter((name) => !members.some(([member]) => member === name)).map((name) => `${path} lacks ${name}`),
    ...members.flatMap(([name, member]) => (properties[name]
      ? violations(member, properties[name], root, `${path}.${name}`)
      : additionalProperties === false ? [`${path} has ${name}`] : [])),
  ];
}

function hasType(value: unknown, type: string): boolean {
  switch (type) {
    case 'integer':
      return Number.isInteger(value);
    case 'array':
      return Array.isArray(value);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    default:
      return typeof value === type;
  }
}
