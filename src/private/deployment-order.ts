import {
  CfnResource, DefaultTokenResolver, type IPostProcessor, type IResolvable, type IResolveContext, Reference, Stack, StringConcat, Tokenization,
} from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Returns whether CloudFormation deploys a resource only after another one, because of direct or indirect dependencies or references. */
export function isDeployedAfter(resource: CfnResource, other: CfnResource): boolean {
  const [path, otherPath] = [resourcePath(resource), resourcePath(other)];
  const [top, otherTop] = [path, otherPath].map(([outermost]) => Stack.of(outermost));
  if (top !== otherTop) {
    return reaches(top, otherTop, (stack) => stack.dependencies);
  }
  const level = path.findIndex((step, n) => step !== otherPath[n]);
  // References are found by resolving whole resources, which is slow, so the dependencies are tried first.
  return [dependenciesOf, prerequisitesOf].some((next) => reaches(path[level], otherPath[level], next));
}

/**
 * Returns the shortest circle of resources that starts with the given resource or with a nested stack around it. Each resource of the circle waits for the next
 * one. The circle contains no `excluded` resource. Circles of stacks are not searched, because the CDK rejects them.
 */
export function findCircle(resource: CfnResource, excluded: readonly CfnResource[]): readonly CfnResource[] | undefined {
  return resourcePath(resource).map((step) => circleThrough(step, excluded)).find((circle) => circle !== undefined);
}

function circleThrough(start: CfnResource, excluded: readonly CfnResource[]): readonly CfnResource[] | undefined {
  const paths = new Map([[start, [start]]]);
  for (const [resource, path] of paths) {
    for (const next of prerequisitesOf(resource)) {
      if (next === start) {
        return path;
      }
      if (!paths.has(next) && !excluded.includes(next)) {
        paths.set(next, [...path, next]);
      }
    }
  }
  return undefined;
}

/** Returns the `AWS::CloudFormation::Stack` resources of the nested stacks around a resource, the outermost first, and then the resource itself. */
function resourcePath(resource: CfnResource): CfnResource[] {
  const { nestedStackResource } = Stack.of(resource);
  return nestedStackResource ? [...resourcePath(nestedStackResource as CfnResource), resource] : [resource];
}

/** Returns the resources of the same stack that CloudFormation deploys before this one. A nested stack stands for the resources in it. */
function prerequisitesOf(resource: CfnResource): CfnResource[] {
  const targets = [...referencesOf(resource)].filter(CfnResource.isCfnResource).flatMap(resourcePath);
  return [...dependenciesOf(resource), ...targets.filter((target) => target !== resource && Stack.of(target) === Stack.of(resource))];
}

function dependenciesOf(resource: CfnResource): CfnResource[] {
  return resource.obtainDependencies().filter(CfnResource.isCfnResource);
}

/** Returns the constructs to which a resource refers. */
export function referencesOf(resource: CfnResource): ReadonlySet<IConstruct> {
  return referencesIn(resource._toCloudFormation(), resource);
}

/** Returns the constructs to which a value of a resource refers. */
export function referencesIn(value: unknown, scope: CfnResource): ReadonlySet<IConstruct> {
  const references = new References();
  Tokenization.resolve(value, { scope, resolver: references, preparing: false });
  return references.targets;
}

/** Collects the constructs to which a value refers. */
class References extends DefaultTokenResolver {
  public readonly targets = new Set<IConstruct>();

  constructor() {
    super(new StringConcat());
  }

  public override resolveToken(token: IResolvable, context: IResolveContext, postProcessor: IPostProcessor): unknown {
    if (Reference.isReference(token)) {
      this.targets.add(token.target);
    }
    return super.resolveToken(token, context, postProcessor);
  }
}

function reaches<T>(from: T, to: T, next: (node: T) => T[]): boolean {
  const seen = new Set<T>([from]);
  for (const node of seen) {
    if (node === to) {
      return true;
    }
    next(node).forEach((n) => seen.add(n));
  }
  return false;
}
