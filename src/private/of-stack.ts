import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * Returns the construct that all imports of a stack share. Creates it on the first call.
 *
 * @param what the name of the construct in the error message.
 * @throws if the stack has a construct of another type with this id.
 */
export function ofStack<T extends Construct>(scope: Construct, id: string, type: abstract new (...args: never[]) => T, what: string,
  create: (stack: Stack, id: string) => T): T {
  const stack = Stack.of(scope);
  const existing = stack.node.tryFindChild(id);
  if (existing && !(existing instanceof type)) {
    throw new Error(`the stack "${stack.node.path}" has another construct with the id "${id}"; give the import its own ${what}`);
  }
  return existing ?? create(stack, id);
}
