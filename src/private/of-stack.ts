import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** The name of a construct that the imports and exports of a stack share: its construct id and the mark of its class. */
type Shared = 'FhirStorage' | 'FhirImportProvider';

/**
 * Marks the instances of a class, so that all copies of this library in an app recognize them: `instanceof` is false for the class of another copy. Other copies
 * also call the methods of the instances, internal methods included, so these methods must not be removed or changed.
 */
export function brand(type: abstract new (...args: never[]) => Construct, name: Shared): void {
  Object.defineProperty(type.prototype, brandOf(name), { value: true });
}

/**
 * Returns the construct that all imports and exports of a stack share. Creates it on the first call.
 *
 * @param what the name of the construct in the error message.
 * @throws if the stack has a construct of another type with this id.
 */
export function ofStack<T extends Construct>(scope: Construct, name: Shared, what: string, create: (stack: Stack, id: string) => T): T {
  const stack = Stack.of(scope);
  const existing = stack.node.tryFindChild(name);
  if (existing && !(brandOf(name) in existing)) {
    throw new Error(`the stack "${stack.node.path}" has another construct with the id "${name}"; give "${scope.node.path}" its own ${what}`);
  }
  return existing as T | undefined ?? create(stack, name);
}

function brandOf(name: Shared): symbol {
  return Symbol.for(`cdk-healthlake-import.${name}`);
}
