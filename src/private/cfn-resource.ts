import { CfnResource } from 'aws-cdk-lib';
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
