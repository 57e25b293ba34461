import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CfnParameter, type Environment, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnFHIRDatastore, type IFHIRDatastoreRef } from 'aws-cdk-lib/aws-healthlake';
import * as recommended from 'aws-cdk-lib/recommended-feature-flags.json';
import { FhirImport, type FhirImportProps, FhirSource } from '../../src';

export const ACCOUNT = '111122223333';
export const REGION = 'us-east-1';
export const DATASTORE_ID = '0123456789abcdef0123456789abcdef';

/** The contexts of the main tests, for `describe.each`. The flag that is off makes a synth with warnings print a report. */
export const FEATURE_FLAGS: [string, Record<string, unknown>][] = [
  ['without feature flags', {}],
  ['with all recommended feature flags', { ...recommended, '@aws-cdk/core:annotationsInValidationReport': false }],
];

/** The part of a resource that tests use. */
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

/** The folder for cloud assemblies. aws-cdk-lib does not remove its own temporary folders. */
const assemblies = mkdtempSync(join(tmpdir(), 'fhir-import-'));
const removeAssemblies = () => rmSync(assemblies, { recursive: true, force: true });
if (typeof afterAll === 'function') {
  afterAll(removeAssemblies);
} else {
  process.on('exit', removeAssemblies);
}

/** Returns an app that leaves no files behind. It hashes assets but does not copy them, unless the context says otherwise. */
export function newApp(context: Record<string, unknown> = {}): App {
  return new App({ context: { 'aws:cdk:disable-asset-staging': true, ...context }, outdir: mkdtempSync(join(assemblies, 'cdk.out')) });
}

/** Returns a stack in an app of its own, without an environment unless one is given. */
export function newStack(context: Record<string, unknown> = {}, env?: Environment): Stack {
  return new Stack(newApp(context), 'Stack', { env });
}

/** Returns the imported data store of a stack. */
export function datastoreOf(stack: Stack): IFHIRDatastoreRef {
  const existing = stack.node.tryFindChild('Datastore');
  return existing as IFHIRDatastoreRef | undefined ?? CfnFHIRDatastore.fromDatastoreId(stack, 'Datastore', DATASTORE_ID);
}

/** Creates an import with the required properties and those given. */
export function importInto(stack: Stack, props: Partial<FhirImportProps> = {}, id = 'Import'): FhirImport {
  return new FhirImport(stack, id, { datastore: props.datastore ?? datastoreOf(stack), source: FhirSource.storage(), ...props });
}

/** Synthesizes the app and returns the template of a stack. Throws if stacks or resources depend on each other in a circle. */
export function templateOf(stack: Stack): TemplateJson {
  return Template.fromStack(stack).toJSON() as TemplateJson;
}

export function resourcesOfType(template: TemplateJson, type: string): ResourceJson[] {
  return Object.values(template.Resources).filter((resource) => resource.Type === type);
}

/** Returns the only resource of a type, and its logical id. */
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

/** Returns a text that is unknown until the deployment: `Ref: Text`. */
export function textParameter(stack: Stack): string {
  return new CfnParameter(stack, 'Text').valueAsString;
}

/** Returns a number that is unknown until the deployment: `Ref: Number`. */
export function numberParameter(stack: Stack): number {
  return new CfnParameter(stack, 'Number', { type: 'Number' }).valueAsNumber;
}
