/** The current version of a resource. */
export interface StoredResource {
  readonly resourceType: string;
  readonly id: string;
  readonly versionId: number;
  /** The time when this version was stored, in milliseconds since the epoch, by the clock of the emulator. */
  readonly lastUpdated: number;
  readonly json: string;
}

/** The resources of one data store, by type and id. Older versions are counted but not kept. */
export class ResourceStore {
  private readonly byType = new Map<string, Map<string, StoredResource>>();

  /** Stores a resource as the next version of the resource with the same type and id. */
  public upsert(resource: Pick<StoredResource, 'resourceType' | 'id' | 'json' | 'lastUpdated'>): StoredResource {
    const { resourceType, id } = resource;
    const ofType = this.byType.get(resourceType) ?? new Map<string, StoredResource>();
    this.byType.set(resourceType, ofType);
    const stored = { ...resource, versionId: (ofType.get(id)?.versionId ?? 0) + 1 };
    ofType.set(id, stored);
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

  public clear(): void {
    this.byType.clear();
  }
}
