import { type ResourceEnvironment, Stack, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** A part of an environment: the account or the Region. */
export type EnvironmentPart = keyof ResourceEnvironment;

/** A resource that another construct uses. */
export interface UsedResource {
  /** The name of the resource in error messages, for example `the source bucket`. */
  readonly what: string;
  readonly construct: IConstruct;
  /** The environment of the resource. A `Stack` is an environment too. */
  readonly env: ResourceEnvironment;
  /** The end of the error message, which says what to do. */
  readonly remedy?: (part: EnvironmentPart, here: string, there: string) => string;
}

/**
 * Throws if a resource is known to be in another Region or account than `scope`, which uses the resource.
 *
 * @param user the name of `scope` in the error message, for example `the import`.
 * @param same the parts of the environment that have to be the same.
 */
export function validateEnvironment(scope: IConstruct, user: string, used: UsedResource, same: readonly EnvironmentPart[]): void {
  const { what, construct, env, remedy } = used;
  for (const part of same) {
    const [there, here] = [env[part], Stack.of(scope)[part]];
    if (!Token.isUnresolved(there) && !Token.isUnresolved(here) && there !== here) {
      throw new Error(`${what} "${construct.node.path}" is in the ${part} ${there} and ${user} in ${here}; `
        + (remedy?.(part, here, there) ?? `use one in the ${part} ${here}`));
    }
  }
}
