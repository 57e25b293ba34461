/** One version of a resource. */
export interface StoredResource {
  readonly resourceType: string;
  readonly id: string;
  readonly versionId: number;
  /** The time when this version was stored, in milliseconds since the epoch, by the clock of the emulator. */
  readonly lastUpdated: number;
  readonly json: string;
}

/** The resources of one data store, by type and id. Keeps older versions only for a backup, but counts all versions. */
export class ResourceStore {
  private readonly byType = new Map<string, Map<string, StoredResource>>();
  /** The resources at the time of `keepHistory`, and all versions since then, oldest first; undefined without a backup. */
  private history?: StoredResource[];

  public constructor(resources: readonly StoredResource[] = []) {
    resources.forEach((resource) => this.set(resource));
  }

  /** Stores a resource as the next version of the resource with the same type and id. */
  public upsert(resource: Pick<StoredResource, 'resourceType' | 'id' | 'json' | 'lastUpdated'>): StoredResource {
    const { resourceType, id } = resource;
    const stored = { ...resource, versionId: (this.get(resourceType, id)?.versionId ?? 0) + 1 };
    this.set(stored);
    this.history?.push(stored);
    return stored;
  }

  public get(resourceType: string, id: string): StoredResource | undefined {
    return this.byType.get(resourceType)?.get(id);
  }

  public types(): string[] {
    return [...this.byType.keys()].sort();
  }

  public ofType(resourceType: string): StoredResource[] {
    return [...this.byType.get(resourceType)?.values() ?? []];
  }

  public keepHistory(): void {
    this.history ??= this.types().flatMap((type) => this.ofType(type));
  }

  public dropHistory(): void {
    this.history = undefined;
  }

  /** Returns the resources as they were at a time. The time must not be earlier than the call of `keepHistory`. */
  public at(time: number): StoredResource[] {
    const versions = (this.history ?? []).filter(({ lastUpdated }) => lastUpdated <= time);
    return [...new Map(versions.map((version) => [`${version.resourceType}/${version.id}`, version])).values()];
  }

  /** Deletes all resources, but not the history. */
  public clear(): void {
    this.byType.clear();
  }

  private set(resource: StoredResource): void {
    const ofType = this.byType.get(resource.resourceType) ?? new Map<string, StoredResource>();
    this.byType.set(resource.resourceType, ofType);
    ofType.set(resource.id, resource);
  }
}
