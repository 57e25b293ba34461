/** References `Type/id` by a key of the resource, for example its fullUrl. A key of several resources is ambiguous. */
export class Targets {
  private readonly references = new Map<string, string | undefined>();

  /** Adds a key of a resource. Returns false if another resource has the key too. */
  public add(key: string, reference: string): boolean {
    const isNew = !this.references.has(key);
    const isSame = this.references.get(key) === reference;
    this.references.set(key, isNew || isSame ? reference : undefined);
    return isNew || isSame;
  }

  /** Returns the resource that has the key, or undefined if none or more than one has it. */
  public get(key: string): string | undefined {
    return this.references.get(key);
  }
}
