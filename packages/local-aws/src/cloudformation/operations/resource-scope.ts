import { isCustomResource } from '../resources/custom-resource';
import type { ResourceRecord } from '../stacks/resource-record';
import type { Stacks } from '../stacks/stacks';
import type { Scope } from '../template/intrinsics';
import { parameterReference, type Program, type PseudoParameters } from '../template/program';
import { TemplateError } from '../template/template';

/** Returns a scope that evaluates the intrinsic functions of a program with the given resource records. */
export function resourceScope(
  program: Program, pseudo: PseudoParameters, resources: ReadonlyMap<string, ResourceRecord>, stacks: Stacks,
): Scope {
  return {
    condition: program.condition,
    findInMap: program.findInMap,
    ref: (name) => {
      const record = resources.get(name);
      return record ? record.reference ?? record.physicalId : parameterReference(name, program.parameters, pseudo);
    },
    getAtt: (logicalId, attribute) => attributeOf(resources.get(logicalId), logicalId, attribute, pseudo.stackId),
    importValue: (name) => stacks.exportValue(name) ?? refuse(`No export named ${name} found.`),
    getStackOutput: (output) => stacks.outputValue(output) ?? refuse(`Unable to get output ${output.OutputName} of stack ${output.StackName}: it does not exist`),
    availabilityZones: (region) => ['a', 'b', 'c'].map((zone) => `${region}${zone}`),
  };
}

function attributeOf(record: ResourceRecord | undefined, logicalId: string, attribute: string, stackId: string): unknown {
  const value = record?.attributes[attribute];
  if (value !== undefined) {
    return value;
  }
  if (record && isCustomResource(record.type)) {
    return refuse(`CustomResource attribute error: Vendor response doesn't contain ${attribute} attribute in object ${stackId}|${logicalId}|${record.requestId ?? ''}`);
  }
  return refuse(`Requested attribute ${attribute} does not exist in schema for ${record?.type ?? logicalId}`);
}

function refuse(message: string): never {
  throw new TemplateError(message);
}
