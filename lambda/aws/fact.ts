/** What AWS was asked for: what it said, or why it didn't. */
export type Fact<T> = { readonly value: T } | { readonly error: unknown };

/** Asks; an error is an answer too. */
export async function ask<T>(question: () => Promise<T>): Promise<Fact<T>> {
  try {
    return { value: await question() };
  } catch (error) {
    return { error };
  }
}
