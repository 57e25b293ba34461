import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * The construct that all of a stack share: made with the first that asks for it.
 *
 * @param what names it in the error.
 * @throws if the stack has something else with its id.
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
