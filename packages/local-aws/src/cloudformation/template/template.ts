import { parseDocument } from 'yaml';
import { ServiceError } from '../../contract';

/** The error for a template or a stack request that CloudFormation rejects. */
export class TemplateError extends ServiceError {
  public constructor(message: string) {
    super('ValidationError', message, 400);
  }
}

export type DeletionPolicy = 'Delete' | 'Retain' | 'RetainExceptOnCreate';

/** The emulated parts of a CloudFormation template. */
export interface Template {
  readonly Description?: string;
  readonly Parameters: Readonly<Record<string, ParameterDefinition>>;
  readonly Mappings: Readonly<Record<string, Record<string, Record<string, unknown>>>>;
  readonly Conditions: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, ResourceDefinition>>;
  readonly Outputs: Readonly<Record<string, OutputDefinition>>;
}

export interface ParameterDefinition {
  readonly Type: string;
  readonly Default?: unknown;
  readonly Description?: string;
  readonly NoEcho?: unknown;
  readonly AllowedValues?: readonly unknown[];
  readonly AllowedPattern?: string;
}

export interface ResourceDefinition {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DependsOn?: string | readonly string[];
  readonly Condition?: string;
  readonly DeletionPolicy?: DeletionPolicy;
  readonly UpdateReplacePolicy?: DeletionPolicy;
  readonly Metadata?: unknown;
}

export interface OutputDefinition {
  readonly Value: unknown;
  readonly Description?: string;
  readonly Condition?: string;
  readonly Export?: { readonly Name: unknown };
}

/** Parses a template in JSON, or in YAML without short forms of intrinsic functions. */
export function parseTemplate(body: string): Template {
  const template = (parseJson(body) ?? parseYaml(body)) as Partial<Template> | null;
  if (typeof template !== 'object' || template === null) {
    throw new TemplateError('Template format error: unsupported structure.');
  }
  const resources = Object.entries(template.Resources ?? {});
  if (resources.length === 0) {
    throw new TemplateError('Template format error: At least one Resources member must be defined.');
  }
  const untyped = resources.find(([, resource]) => typeof resource?.Type !== 'string');
  if (untyped) {
    throw new TemplateError(`Template format error: [/Resources/${untyped[0]}] Every Resources object must contain a Type member.`);
  }
  return {
    Description: template.Description,
    Parameters: template.Parameters ?? {},
    Mappings: template.Mappings ?? {},
    Conditions: template.Conditions ?? {},
    Resources: Object.fromEntries(resources),
    Outputs: template.Outputs ?? {},
  };
}

/** Parses a template in JSON. Returns undefined for any other text. JSON doesn't go to the YAML parser, which is much slower. */
function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function parseYaml(body: string): unknown {
  const document = parseDocument(body);
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem) {
    throw new TemplateError(`Template format error: ${problem.message}`);
  }
  return document.toJS();
}
