import { Annotations, CfnDeletionPolicy, CfnResource, Stack, Stage } from 'aws-cdk-lib';
import type { IFHIRDatastoreRef } from 'aws-cdk-lib/aws-healthlake';
import type { IConstruct } from 'constructs';
import { isRetained } from '../../../private/cfn-resource';
import { findCircle, isDeployedAfter } from '../../../private/deployment-order';
import type { Kind } from '../kind';

/** The parts of a job construct that the checks of the finished tree read. */
export interface JobInTree {
  readonly construct: IConstruct;
  readonly datastore: IFHIRDatastoreRef;
  /** The values that identify the data set. */
  readonly dataSet: readonly string[];
  /** The S3 URI of the output. Undefined if another copy of this library, of an older version, created the construct. */
  readonly outputS3Uri?: string;
  /** Whether a schedule starts the job after the deployment. An order between deployments then says nothing about the jobs. */
  readonly isScheduled?: boolean;
  /** The resource that starts the job. */
  readonly first: CfnResource;
  /** The resource that completes when the job has succeeded. */
  readonly last: CfnResource;
}

/** Returns the constructs of a kind in the app. All copies of this library in an app read and write this property of the root, so items must keep their fields. */
export function jobsInTree<T extends JobInTree>({ noun }: Kind, { node: { root } }: IConstruct): readonly T[] {
  return (root as IConstruct & { [property: symbol]: T[] | undefined })[registryOf(noun)] ?? [];
}

/**
 * Adds the checks of a job construct. They run at synthesis, because removal policies and dependencies can change until then.
 *
 * @param warn adds the warnings that only this kind has. It gets the constructs of this kind that were created earlier.
 * @param others returns the resources of other kinds that start jobs. A circle that contains one of them is left to the checks of that kind.
 */
export function checkWhenFinished<T extends JobInTree>(kind: Kind, item: T, warn: (earlier: readonly T[]) => void,
  others: () => readonly CfnResource[] = () => []): void {
  const earlier = jobsInTree<T>(kind, item.construct);
  Object.assign(item.construct.node.root, { [registryOf(kind.noun)]: [...earlier, item] });
  item.construct.node.addValidation({
    validate: () => {
      const inStage = item.isScheduled ? [] : earlier.filter((other) => !other.isScheduled && isSameStage(item.construct, other.construct));
      warnOfDatastoreWithoutRetain(item);
      warn(earlier);
      warnOfMissingOrder(kind, item, inStage);
      // If one of the two constructs waits for the other, it finds the job of the other construct. Without an order, both may start a job.
      const twins = inStage.filter((other) => isSameDataSet(item, other) && !isOrdered(item, other)).map((other) =>
        `"${item.construct.node.path}" ${kind.pairs.twins} "${other.construct.node.path}"; remove one of them, or order them with executeAfter()`);
      return [...twins, ...circularDependencies(item, [...earlier.map(({ first }) => first), ...others()])];
    },
  });
}

/** Throws if the job can't be ordered with the construct, because the construct contains the job or is in another stage. */
export function validateOrder({ noun }: Kind, fhirJob: IConstruct, method: string, construct: IConstruct): void {
  if (!isSameStage(fhirJob, construct)) {
    throw new Error(`${method}("${construct.node.path}") can't order the ${noun} "${fhirJob.node.path}", because they are in different stages; `
      + 'deploy one stage after the other');
  }
  if (fhirJob.node.scopes.includes(construct)) {
    throw new Error(`${method}("${construct.node.path}") would make the ${noun} wait for itself, because that construct contains it; `
      + 'name the constructs inside it that have to be ordered');
  }
}

export function isSameStage(a: IConstruct, b: IConstruct): boolean {
  return Stage.of(a) === Stage.of(b);
}

export function isSameEnvironment(a: JobInTree, b: JobInTree): boolean {
  return Stack.of(a.construct).environment === Stack.of(b.construct).environment;
}

export function isSameDatastore(a: JobInTree, b: JobInTree): boolean {
  return isSameEnvironment(a, b) && a.datastore.fhirDatastoreRef.datastoreId === b.datastore.fhirDatastoreRef.datastoreId;
}

/** Returns whether the deployment waits for the job. The only resource of a detached job is the one that starts it. */
export function isWaitedFor({ first, last }: JobInTree): boolean {
  return first !== last;
}

export function isOrdered(a: JobInTree, b: JobInTree): boolean {
  return isDeployedAfter(a.first, b.last) || isDeployedAfter(b.first, a.last);
}

function isSameDataSet(a: JobInTree, b: JobInTree): boolean {
  return isSameDatastore(a, b) && JSON.stringify(a.dataSet) === JSON.stringify(b.dataSet);
}

function registryOf(noun: Kind['noun']): symbol {
  return Symbol.for(`cdk-healthlake-import.${noun}s`);
}

/** Returns an error if the job waits for itself. A circle that contains an `excluded` resource is left to the check of that resource. */
function circularDependencies({ construct, first }: JobInTree, excluded: readonly CfnResource[]): string[] {
  const circle = findCircle(first, excluded);
  const { path } = construct.node;
  const links = circle?.slice(1).map(describe).filter((link, n, all) => link !== path && link !== all[n - 1]) ?? [];
  return circle
    ? [`"${path}" waits for "${[...links, path].join('", which waits for "')}"; remove the executeAfter(), executeBefore() or reference that closes the circle `
      + '(in the target of a rule, use the values in the event instead)']
    : [];
}

/** Returns a path that the user knows: of the job construct of a custom resource, or of the construct whose default child the resource is. */
function describe(resource: CfnResource): string {
  const parents = [...resource.node.scopes].reverse();
  const level = /^Custom::Fhir(Im|Ex)port/.test(resource.cfnResourceType) ? 2 : Number(['Default', 'Resource'].includes(resource.node.id));
  return parents[level].node.path;
}

function warnOfDatastoreWithoutRetain({ construct, datastore }: JobInTree): void {
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

function warnOfMissingOrder({ noun, pairs }: Kind, item: JobInTree, earlier: readonly JobInTree[]): void {
  const unordered = earlier.find((other) => isSameDatastore(item, other) && !isOrdered(item, other));
  if (unordered) {
    Annotations.of(item.construct).addWarningV2('cdk-healthlake-import:no-order',
      `the ${noun}s "${item.construct.node.path}" and "${unordered.construct.node.path}" ${pairs.sharedDatastore} without an order between them; `
      + 'HealthLake runs one at a time and the time-out of each includes its wait, so order them with executeAfter()');
  }
}
