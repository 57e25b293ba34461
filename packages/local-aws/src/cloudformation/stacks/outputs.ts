import type { ResourceRecord } from './resource-record';
import { resolve, type Scope } from '../template/intrinsics';
import type { Program } from '../template/program';
import { references } from '../template/references';
import { TemplateError } from '../template/template';

export interface Output {
  readonly key: string;
  readonly value: string;
  readonly description?: string;
  readonly exportName?: string;
  /** True if the value comes from a NoEcho parameter or from an attribute of a custom resource with NoEcho. */
  readonly noEcho: boolean;
}

/** Returns the evaluated outputs of a program. */
export function outputsOf(program: Program, scope: Scope, resources: ReadonlyMap<string, ResourceRecord>): Output[] {
  return [...program.outputs].map(([key, definition]) => {
    const value = resolve(definition.Value, scope);
    if (typeof value === 'object' || value === undefined) {
      throw new TemplateError(`Template format error: Output ${key} is malformed. The Value field of every Outputs member must evaluate to a String.`);
    }
    const exportName = definition.Export && resolve(definition.Export.Name, scope);
    return {
      key,
      value: String(value),
      description: definition.Description,
      exportName: exportName === undefined ? undefined : String(exportName),
      noEcho: references(definition.Value, program.condition).some(({ name, attribute }) =>
        (attribute !== undefined && resources.get(name)?.noEcho) || program.parameters.get(name)?.noEcho),
    };
  });
}
