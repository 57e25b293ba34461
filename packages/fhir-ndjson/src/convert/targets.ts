/** Resources as `Type/id` by a key that should belong to one resource only. */
export class Targets {
  private readonly references = new Map<string, string | undefined>();

  /** Adds a key of a resource. Returns whether the key belongs to no other resource. */
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
