import { Annotations, CfnDeletionPolicy, CfnResource, Stack, Stage } from 'aws-cdk-lib';
import type { IFHIRDatastoreRef } from 'aws-cdk-lib/aws-healthlake';
import type { IConstruct } from 'constructs';
import { isRetained } from '../../private/cfn-resource';
import { findCircle, isDeployedAfter } from '../../private/deployment-order';

/** The parts of an import that the checks in this file read. */
export interface ImportInTree {
  readonly construct: IConstruct;
  readonly datastore: IFHIRDatastoreRef;
  /** The values that identify the data set, as `dataSetFields()` returns them. */
  readonly dataSet: readonly string[];
  /** The S3 URIs of the input and of the results. Undefined if another copy of this library, of an older version, created the import. */
  readonly inputS3Uri?: string;
  readonly outputS3Uri?: string;
  /** The resource that starts the job. */
  readonly first: CfnResource;
  /** The resource that completes when the import is complete. */
  readonly last: CfnResource;
}

/** The property of the root that holds all imports of the app. All copies of this library in an app read it, so `ImportInTree` must keep its fields. */
const IMPORTS = Symbol.for('cdk-healthlake-import.imports');

/** Adds the checks of an import. They run at synthesis, because removal policies and dependencies can change until then. */
export function checkWhenFinished(item: ImportInTree): void {
  const root: IConstruct & { [IMPORTS]?: ImportInTree[] } = item.construct.node.root;
  const earlier = root[IMPORTS] ?? [];
  root[IMPORTS] = [...earlier, item];
  item.construct.node.addValidation({
    validate: () => {
      const inStage = earlier.filter((other) => isSameStage(item.construct, other.construct));
      warnOfDatastoreWithoutRetain(item);
      warnOfResultsAsInput(item, earlier);
      warnOfOtherStage(item, earlier);
      warnOfMissingOrder(item, inStage);
      warnOfSharedQueue(item, inStage);
      // If one of the two imports waits for the other, it finds the job of the other import. Without an order, both imports may start a job.
      const twins = inStage.filter((other) => isSameDataSet(item, other) && !isOrdered(item, other)).map((other) =>
        `"${item.construct.node.path}" imports the same data set into the same data store as "${other.construct.node.path}"; `
        + 'remove one of them, or order them with executeAfter()');
      return [...twins, ...circularDependencies(item, earlier)];
    },
  });
}

/** Throws if the import can't be ordered with the construct, because the construct contains the import or is in another stage. */
export function validateOrder(fhirImport: IConstruct, method: string, construct: IConstruct): void {
  if (!isSameStage(fhirImport, construct)) {
    throw new Error(`${method}("${construct.node.path}") can't order the import "${fhirImport.node.path}", because they are in different stages; `
      + 'deploy one stage after the other');
  }
  if (fhirImport.node.scopes.includes(construct)) {
    throw new Error(`${method}("${construct.node.path}") would make the import wait for itself, because that construct contains it; `
      + 'name the constructs inside it that have to be ordered');
  }
}

/** Returns an error if the import waits for itself. A circle that contains an earlier import is left to the check of that import. */
function circularDependencies({ construct, first }: ImportInTree, earlier: ImportInTree[]): string[] {
  const circle = findCircle(first, earlier.map((other) => other.first));
  const { path } = construct.node;
  const links = circle?.slice(1).map(describe).filter((link, n, all) => link !== path && link !== all[n - 1]) ?? [];
  return circle
    ? [`"${path}" waits for "${[...links, path].join('", which waits for "')}"; remove the executeAfter(), executeBefore() or reference that closes the circle `
      + '(in the target of a rule, use the values in the event instead)']
    : [];
}

/** Returns a path that the user knows: of the import to which a custom resource belongs, or of the construct whose default child the resource is. */
function describe(resource: CfnResource): string {
  const parents = [...resource.node.scopes].reverse();
  const level = resource.cfnResourceType.startsWith('Custom::FhirImport') ? 2 : Number(['Default', 'Resource'].includes(resource.node.id));
  return parents[level].node.path;
}

function warnOfDatastoreWithoutRetain({ construct, datastore }: ImportInTree): void {
  const resource = CfnResource.isCfnResource(datastore) ? datastore : datastore.node.defaultChild;
  if (!resource || !CfnResource.isCfnResource(resource)) {
    return; // this app doesn't manage the data store
  }
  if (!isRetained(resource) || resource.cfnOptions.updateReplacePolicy !== CfnDeletionPolicy.RETAIN) {
    Annotations.of(construct).addWarningV2('cdk-healthlake-import:datastore-not-retained',
      `the data store "${datastore.node.path}" is deleted with its data if the stack is deleted or the data store replaced; `
      + 'call applyRemovalPolicy(RemovalPolicy.RETAIN) on it');
  }
}

/** Warns if one import would read the results of another import. */
function warnOfResultsAsInput(item: ImportInTree, earlier: ImportInTree[]): void {
  const pairs = earlier.flatMap((other) => [[item, other], [other, item]]);
  const [reader, writer] = pairs.find(([{ inputS3Uri }, { outputS3Uri }]) => inputS3Uri !== undefined && outputS3Uri?.startsWith(inputS3Uri)) ?? [];
  if (reader && writer) {
    Annotations.of(item.construct).addWarningV2('cdk-healthlake-import:results-as-input',
      `the results of the import "${writer.construct.node.path}" are inside the input of "${reader.construct.node.path}", which would import them; `
      + 'give them different folders');
  }
}

/** Warns of an import in another stage into the same data store, because stages can't depend on each other. */
function warnOfOtherStage(item: ImportInTree, earlier: ImportInTree[]): void {
  const other = earlier.find((candidate) => !isSameStage(item.construct, candidate.construct) && isSameDatastore(item, candidate));
  if (other) {
    Annotations.of(item.construct).addWarningV2('cdk-healthlake-import:other-stage',
      `the imports "${item.construct.node.path}" and "${other.construct.node.path}" go into one data store and are in different stages, which have no order; `
      + 'deploy one stage after the other, or give each stage a data store of its own');
  }
}

function warnOfMissingOrder(item: ImportInTree, earlier: ImportInTree[]): void {
  const unordered = earlier.find((other) => isSameDatastore(item, other) && !isOrdered(item, other));
  if (unordered) {
    Annotations.of(item.construct).addWarningV2('cdk-healthlake-import:no-order',
      `the imports "${item.construct.node.path}" and "${unordered.construct.node.path}" go into one data store without an order between them; `
      + 'HealthLake runs one at a time and the time-out of each includes its wait, so order them with executeAfter()');
  }
}

/** Warns of unordered imports into different data stores that share HealthLake's queue, if a deployment waits for one of them. */
function warnOfSharedQueue(item: ImportInTree, earlier: ImportInTree[]): void {
  const unordered = earlier.find((other) => isSameEnvironment(item, other) && !isSameDatastore(item, other)
    && (isWaitedFor(item) || isWaitedFor(other)) && !isOrdered(item, other));
  if (unordered) {
    Annotations.of(item.construct).addWarningV2('cdk-healthlake-import:shared-queue',
      `the imports "${item.construct.node.path}" and "${unordered.construct.node.path}" go into two data stores without an order between them; `
      + 'HealthLake probably runs one import at a time in an account and Region and the time-out of each includes its wait, '
      + 'so order them with executeAfter(), or give them time-outs that are long enough for both');
  }
}

/** Returns whether the deployment waits for the job. The only resource of a detached import is the one that starts the job. */
function isWaitedFor({ first, last }: ImportInTree): boolean {
  return first !== last;
}

function isSameStage(a: IConstruct, b: IConstruct): boolean {
  return Stage.of(a) === Stage.of(b);
}

function isSameEnvironment(a: ImportInTree, b: ImportInTree): boolean {
  return Stack.of(a.construct).environment === Stack.of(b.construct).environment;
}

function isSameDatastore(a: ImportInTree, b: ImportInTree): boolean {
  return isSameEnvironment(a, b) && a.datastore.fhirDatastoreRef.datastoreId === b.datastore.fhirDatastoreRef.datastoreId;
}

function isSameDataSet(a: ImportInTree, b: ImportInTree): boolean {
  return isSameDatastore(a, b) && JSON.stringify(a.dataSet) === JSON.stringify(b.dataSet);
}

function isOrdered(a: ImportInTree, b: ImportInTree): boolean {
  return isDeployedAfter(a.first, b.last) || isDeployedAfter(b.first, a.last);
}
