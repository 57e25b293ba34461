/** One version of a resource. */
export interface StoredResource {
  readonly resourceType: string;
  readonly id: string;
  readonly versionId: number;
  /** The time when this version was stored, in whole milliseconds since the epoch, by the clock of the emulator. */
  readonly lastUpdated: number;
  readonly json: string;
  /** The deletion that this version stands for; undefined if the version has content. A hard deletion hides all earlier versions. */
  readonly deletion?: 'soft' | 'hard';
}

/** The resources of one data store, by type and id, with all their versions. */
export class ResourceStore {
  private readonly byType = new Map<string, Map<string, StoredResource>>();
  /** All versions, oldest first. */
  private readonly history: StoredResource[] = [];

  public constructor(resources: readonly StoredResource[] = []) {
    resources.forEach((resource) => this.add(resource));
  }

  /** Stores a resource as the next version of the resource with the same type and id. */
  public upsert(resource: Omit<StoredResource, 'versionId'>): StoredResource {
    const { resourceType, id } = resource;
    const lastUpdated = Math.floor(resource.lastUpdated);
    const stored = { ...resource, lastUpdated, versionId: (this.byType.get(resourceType)?.get(id)?.versionId ?? 0) + 1 };
    this.add(stored);
    return stored;
  }

  /** Deletes a resource. Does nothing if the resource doesn't exist. */
  public delete(resourceType: string, id: string, lastUpdated: number, deletion: 'soft' | 'hard' = 'soft'): void {
    if (this.get(resourceType, id)) {
      this.upsert({ resourceType, id, lastUpdated, json: '', deletion });
    }
  }

  public get(resourceType: string, id: string): StoredResource | undefined {
    const latest = this.byType.get(resourceType)?.get(id);
    return latest?.deletion ? undefined : latest;
  }

  /** Returns the versions of a resource, including its deletions, oldest first. */
  public versions(resourceType: string, id: string): StoredResource[] {
    const versions = this.history.filter((version) => version.id === id && version.resourceType === resourceType);
    return versions.slice(versions.map(({ deletion }) => deletion).lastIndexOf('hard') + 1);
  }

  public types(): string[] {
    return [...this.byType.keys()].filter((type) => this.ofType(type).length > 0).sort();
  }

  public ofType(resourceType: string): StoredResource[] {
    return [...this.byType.get(resourceType)?.values() ?? []].filter(({ deletion }) => !deletion);
  }

  /** Returns the resources as they were at a time. */
  public at(time: number): StoredResource[] {
    const versions = this.history.filter(({ lastUpdated }) => lastUpdated <= time);
    return [...new Map(versions.map((version) => [`${version.resourceType}/${version.id}`, version])).values()].filter(({ deletion }) => !deletion);
  }

  /** Deletes all resources, but keeps their versions for a restore. */
  public clear(): void {
    this.byType.clear();
  }

  private add(resource: StoredResource): void {
    const ofType = this.byType.get(resource.resourceType) ?? new Map<string, StoredResource>();
    this.byType.set(resource.resourceType, ofType);
    ofType.set(resource.id, resource);
    this.history.push(resource);
  }
}
