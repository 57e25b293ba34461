import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CfnParameter, type Environment, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnFHIRDatastore, type IFHIRDatastoreRef } from 'aws-cdk-lib/aws-healthlake';
import * as recommended from 'aws-cdk-lib/recommended-feature-flags.json';
import { FhirExport, type FhirExportProps, FhirImport, type FhirImportProps, FhirSource } from '../../src';

export const ACCOUNT = '111122223333';
export const REGION = 'us-east-1';
export const DATASTORE_ID = '0123456789abcdef0123456789abcdef';

/** Rows of `describe.each`: an app without feature flags, and one with all recommended flags except one that prints a report per warning. */
export const FEATURE_FLAGS: [string, Record<string, unknown>][] = [
  ['without feature flags', {}],
  ['with all recommended feature flags', { ...recommended, '@aws-cdk/core:annotationsInValidationReport': false }],
];

/** The fields of a template resource that tests read. */
export interface ResourceJson {
  readonly Type: string;
  // Templates have many shapes, and the tests check them.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly Properties: Record<string, any>;
  readonly DependsOn?: string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

export interface TemplateJson {
  readonly Resources: Record<string, ResourceJson>;
}

/** The folder for all cloud assemblies. It is removed after the tests, because aws-cdk-lib does not remove its temporary folders. */
const assemblies = mkdtempSync(join(tmpdir(), 'fhir-import-'));
const removeAssemblies = () => rmSync(assemblies, { recursive: true, force: true });
if (typeof afterAll === 'function') {
  afterAll(removeAssemblies);
} else {
  process.on('exit', removeAssemblies);
}

/** The context of an app that copies no assets and records no stack traces. No test reads the stack traces, and they take a fifth of the time of a synth. */
const FAST_SYNTH = { 'aws:cdk:disable-asset-staging': true, 'aws:cdk:disable-creation-stack-traces': true };

/** Returns an app whose output folder is removed after the tests. By default, the app does not copy its assets. */
export function newApp(context: Record<string, unknown> = {}): App {
  return new App({ context: { ...FAST_SYNTH, ...context }, treeMetadata: false, outdir: mkdtempSync(join(assemblies, 'cdk.out')) });
}

/** Returns a stack in a new app. The stack is env-agnostic by default. */
export function newStack(context: Record<string, unknown> = {}, env?: Environment): Stack {
  return new Stack(newApp(context), 'Stack', { env });
}

/** Returns a stack's reference to an existing data store. The first call creates the reference. */
export function datastoreOf(stack: Stack): IFHIRDatastoreRef {
  const existing = stack.node.tryFindChild('Datastore');
  return existing as IFHIRDatastoreRef | undefined ?? CfnFHIRDatastore.fromDatastoreId(stack, 'Datastore', DATASTORE_ID);
}

/** Creates an import with the given properties. The data store and the source have defaults. */
export function importInto(stack: Stack, props: Partial<FhirImportProps> = {}, id = 'Import'): FhirImport {
  return new FhirImport(stack, id, { datastore: props.datastore ?? datastoreOf(stack), source: FhirSource.storage(), ...props });
}

/** Creates an export with the given properties. The data store has a default. */
export function exportFrom(stack: Stack, props: Partial<FhirExportProps> = {}, id = 'Export'): FhirExport {
  return new FhirExport(stack, id, { datastore: props.datastore ?? datastoreOf(stack), ...props });
}

/** Synthesizes the app and returns the template of a stack. Throws on circular dependencies. */
export function templateOf(stack: Stack): TemplateJson {
  return Template.fromStack(stack).toJSON() as TemplateJson;
}

/**
 * Returns the template of a new stack with one import.
 *
 * @param props the properties of the import, or a function that creates them in the stack.
 */
export function templateWith(
  props: Partial<FhirImportProps> | ((stack: Stack) => Partial<FhirImportProps>) = {}, context = {}, id?: string,
): TemplateJson {
  const stack = newStack(context);
  importInto(stack, typeof props === 'function' ? props(stack) : props, id);
  return templateOf(stack);
}

export function resourcesOfType(template: TemplateJson, type: string): ResourceJson[] {
  return Object.values(template.Resources).filter((resource) => resource.Type === type);
}

/** Returns the only resource of a type whose logical id matches. Throws if several or no resources match. */
export function onlyResource(template: TemplateJson, type: string, idPattern = /./): ResourceJson & { logicalId: string } {
  const found = Object.entries(template.Resources).filter(([id, resource]) => resource.Type === type && idPattern.test(id));
  if (found.length !== 1) {
    throw new Error(`expected one ${type} with an id like ${idPattern}, got ${found.map(([id]) => id).join(', ') || 'none'}`);
  }
  return { ...found[0][1], logicalId: found[0][0] };
}

/** Returns the number of resources of each type. */
export function countsByType(template: TemplateJson): Record<string, number> {
  const counts: Record<string, number> = {};
  Object.values(template.Resources).forEach(({ Type }) => {
    counts[Type] = (counts[Type] ?? 0) + 1;
  });
  return counts;
}

/** Returns a string token for the template parameter `Text`, whose value is unknown until deployment. */
export function textParameter(stack: Stack): string {
  return new CfnParameter(stack, 'Text').valueAsString;
}

/** Returns a number token for the template parameter `Number`, whose value is unknown until deployment. */
export function numberParameter(stack: Stack): number {
  return new CfnParameter(stack, 'Number', { type: 'Number' }).valueAsNumber;
}
