import { conditionEvaluator } from './conditions';
import { refuseCycles, type Dependencies } from './dependency-order';
import { NO_VALUE, type Scope } from './intrinsics';
import type { Parameter } from './parameters';
import { references, type Reference } from './references';
import { type OutputDefinition, type ResourceDefinition, type Template, TemplateError } from './template';

/** A template with the values of its parameters. */
export interface Program {
  readonly body: string;
  readonly description?: string;
  readonly parameters: ReadonlyMap<string, Parameter>;
  /** The resources that have no condition or a true condition. */
  readonly resources: ReadonlyMap<string, ResourceDefinition>;
  /** The outputs that have no condition or a true condition. */
  readonly outputs: ReadonlyMap<string, OutputDefinition>;
  readonly dependencies: Dependencies;
  readonly condition: (name: string) => boolean;
  readonly findInMap: Scope['findInMap'];
}

/** The values of the pseudo parameters of one stack. */
export interface PseudoParameters {
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
  readonly stackId: string;
  readonly stackName: string;
}

/** Evaluates the conditions of a template and finds its dependencies. Throws if CloudFormation would reject the template. */
export function compile(
  body: string, template: Template, parameters: ReadonlyMap<string, Parameter>, pseudo: PseudoParameters,
): Program {
  const findInMap = mapFinder(template);
  const condition = conditionEvaluator(template.Conditions, () => ({
    ...NO_RESOURCES,
    ref: (name) => parameterReference(name, parameters, pseudo),
    condition,
    findInMap,
  }));
  const exists = (definition: { Condition?: string }): boolean => definition.Condition === undefined || condition(definition.Condition);
  const resources = new Map(Object.entries(template.Resources).filter(([, resource]) => exists(resource)));
  const outputs = new Map(Object.entries(template.Outputs).filter(([, output]) => exists(output)));

  const isParameter = ({ name }: Reference): boolean => name.startsWith('AWS::') || parameters.has(name);
  const targets = (value: unknown): string[] => references(value, condition).filter((reference) => !isParameter(reference)).map(({ name }) => name);

  const dependsOn = (resource: ResourceDefinition): string[] => [resource.DependsOn ?? []].flat();
  const all = [...resources.values()];
  refuseUnresolved('Resources', all.flatMap(dependsOn), (name) => Object.hasOwn(template.Resources, name));
  refuseUnresolved('Resources', all.flatMap((resource) => targets(resource.Properties)), (name) => resources.has(name));
  refuseUnresolved('Outputs', [...outputs.values()].flatMap((output) => targets([output.Value, output.Export])), (name) => resources.has(name));
  const dependencies = new Map([...resources].map(([logicalId, resource]) => {
    const needs = new Set([...dependsOn(resource), ...targets(resource.Properties)]);
    return [logicalId, [...needs].filter((name) => resources.has(name))] as const;
  }));
  refuseCycles(dependencies);

  return { body, description: template.Description, parameters, resources, outputs, dependencies, condition, findInMap };
}

/** Returns the value of `Ref` for a parameter or a pseudo parameter; undefined for any other name. */
export function parameterReference(name: string, parameters: ReadonlyMap<string, Parameter>, pseudo: PseudoParameters): unknown {
  switch (name) {
    case 'AWS::Partition':
      return pseudo.partition;
    case 'AWS::Region':
      return pseudo.region;
    case 'AWS::AccountId':
      return pseudo.accountId;
    case 'AWS::StackId':
      return pseudo.stackId;
    case 'AWS::StackName':
      return pseudo.stackName;
    case 'AWS::URLSuffix':
      return 'amazonaws.com';
    case 'AWS::NoValue':
      return NO_VALUE;
    case 'AWS::NotificationARNs':
      return [];
    default:
      return parameters.get(name)?.value;
  }
}

const inCondition = (): never => {
  throw new TemplateError('Template error: conditions can only refer to parameters and mappings');
};

const NO_RESOURCES: Omit<Scope, 'ref' | 'condition' | 'findInMap'> = {
  getAtt: inCondition,
  importValue: inCondition,
  getStackOutput: inCondition,
  availabilityZones: inCondition,
};

function mapFinder(template: Template): Scope['findInMap'] {
  return (map, topLevelKey, secondLevelKey) => {
    const value = template.Mappings[map]?.[topLevelKey]?.[secondLevelKey];
    if (value === undefined) {
      throw new TemplateError(`Template error: Unable to get mapping for ${map}::${topLevelKey}::${secondLevelKey}`);
    }
    return value;
  };
}

function refuseUnresolved(block: string, names: readonly string[], exists: (name: string) => boolean): void {
  const unresolved = [...new Set(names.filter((name) => !exists(name)))];
  if (unresolved.length === 0) {
    return;
  }
  throw new TemplateError(`Template format error: Unresolved resource dependencies [${unresolved.join(', ')}] in the ${block} block of the template`);
}
