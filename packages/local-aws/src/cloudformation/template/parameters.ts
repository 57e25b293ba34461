import { type ParameterDefinition, TemplateError } from './template';

/** The value of a template parameter in one deployment. */
export interface Parameter {
  /** The value in the deployment request. For an SSM parameter type, this value is the name of the SSM parameter. */
  readonly given: string;
  /** The value that `Ref` returns. */
  readonly value: string | readonly string[];
  readonly noEcho: boolean;
  readonly fromSsm: boolean;
}

/** One entry of `Parameters` in a deployment request. */
export interface ParameterInput {
  readonly ParameterKey?: string;
  readonly ParameterValue?: string;
  readonly UsePreviousValue?: string;
}

const SSM_TYPE = /^AWS::SSM::Parameter::Value<(.*)>$/;

/** Returns the value of every parameter of a template. Reads SSM parameters from the parameter store. */
export async function parameterValues(
  definitions: Readonly<Record<string, ParameterDefinition>>,
  inputs: readonly ParameterInput[],
  previous: ReadonlyMap<string, Parameter>,
  readSsm: (name: string) => Promise<string>,
): Promise<Map<string, Parameter>> {
  const unknown = inputs.map((input) => input.ParameterKey ?? '').filter((key) => !Object.hasOwn(definitions, key));
  if (unknown.length > 0) {
    throw new TemplateError(`Parameters: [${unknown.join(', ')}] do not exist in the template`);
  }

  const given = new Map(Object.entries(definitions).map(([name, definition]) => [name, givenValue(name, definition, inputs, previous)]));
  const missing = [...given].filter(([, value]) => value === undefined).map(([name]) => name);
  if (missing.length > 0) {
    throw new TemplateError(`Parameters: [${missing.join(', ')}] must have values`);
  }

  const values = new Map<string, Parameter>();
  for (const [name, definition] of Object.entries(definitions)) {
    const text = given.get(name) ?? '';
    refuseIllegal(name, definition, text);
    const fromSsm = SSM_TYPE.exec(definition.Type);
    values.set(name, {
      given: text,
      value: typed(fromSsm?.[1] ?? definition.Type, fromSsm ? await readSsm(text) : text),
      noEcho: String(definition.NoEcho) === 'true',
      fromSsm: fromSsm !== null,
    });
  }
  return values;
}

function givenValue(
  name: string, definition: ParameterDefinition, inputs: readonly ParameterInput[], previous: ReadonlyMap<string, Parameter>,
): string | undefined {
  const input = inputs.find((candidate) => candidate.ParameterKey === name);
  if (input?.UsePreviousValue === 'true') {
    return previous.get(name)?.given;
  }
  if (input?.ParameterValue !== undefined) {
    return input.ParameterValue;
  }
  return definition.Default === undefined ? undefined : String(definition.Default);
}

function refuseIllegal(name: string, definition: ParameterDefinition, text: string): void {
  if (definition.AllowedValues && !definition.AllowedValues.map(String).includes(text)) {
    throw new TemplateError(`Parameter '${name}' must be one of AllowedValues`);
  }
  if (definition.AllowedPattern && !new RegExp(`^(?:${definition.AllowedPattern})$`).test(text)) {
    throw new TemplateError(`Parameter '${name}' must match pattern ${definition.AllowedPattern}`);
  }
}

function typed(type: string, text: string): string | string[] {
  return type === 'CommaDelimitedList' || type.startsWith('List<') ? text.split(',').map((item) => item.trim()) : text;
}
