import { CfnDeletionPolicy, CfnResource, Reference, Tokenization } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** A class of resources of one type, for example `CfnBucket`. */
interface ResourceClass<T> {
  readonly CFN_RESOURCE_TYPE_NAME: string;
  readonly prototype: T;
}

/** Returns the construct or its default child if it is a resource of the given type that the app creates. Returns undefined otherwise. */
export function resourceOfType<T extends CfnResource>(construct: IConstruct, type: ResourceClass<T>): T | undefined {
  const isOfType = (candidate?: IConstruct): candidate is T =>
    candidate !== undefined && CfnResource.isCfnResource(candidate) && candidate.cfnResourceType === type.CFN_RESOURCE_TYPE_NAME;
  return [construct, construct.node.defaultChild].find(isOfType);
}

/** Returns the construct to which a string refers. Returns undefined if the string is not exactly one reference. */
export function referencedConstruct(text?: string): IConstruct | undefined {
  const token = Tokenization.reverse(text, { failConcat: false });
  return Reference.isReference(token) ? token.target : undefined;
}

/** Returns whether a resource outlives its stack. A resource whose creation is rolled back may be deleted. */
export function isRetained({ cfnOptions: { deletionPolicy } }: CfnResource): boolean {
  return deletionPolicy === CfnDeletionPolicy.RETAIN || deletionPolicy === CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE;
}
