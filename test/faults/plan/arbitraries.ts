import * as fc from 'fast-check';

/** Generates a value with a probability of 1 in `oneIn`, and otherwise undefined. */
export function rarely<T>(oneIn: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ withCrossShrink: true }, { weight: oneIn - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}

/** Generates one of several weighted values. fast-check shrinks to the first value. */
export function often<T>(...values: readonly (readonly [weight: number, value: T])[]): fc.Arbitrary<T> {
  return fc.oneof({ withCrossShrink: true }, ...values.map(([weight, value]) => ({ weight, arbitrary: fc.constant(value) })));
}
