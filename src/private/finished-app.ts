import { CfnResource } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Calls a function that adds warnings when the app is synthesized, because the app can add and change constructs until then. */
export function warnWhenFinished(scope: IConstruct, addWarnings: () => void): void {
  scope.node.addValidation({
    validate: () => {
      addWarnings();
      return [];
    },
  });
}

/** Returns all resources of the app that contains the construct. */
export function resourcesOfApp(construct: IConstruct): CfnResource[] {
  return construct.node.root.node.findAll().filter(CfnResource.isCfnResource);
}
