import { randomBytes } from 'node:crypto';

/** How an object is encrypted, or is to be by default. */
export interface Encryption {
  readonly algorithm: 'AES256' | 'aws:kms';
  /** As it was given: id, ARN or alias. Without one, `aws:kms` means the key that AWS manages for S3. */
  readonly keyId?: string;
  /** With a bucket key the encryption context is the bucket, not the object. */
  readonly bucketKey?: boolean;
}

export interface PublicAccessBlock {
  readonly BlockPublicAcls: boolean;
  readonly IgnorePublicAcls: boolean;
  readonly BlockPublicPolicy: boolean;
  readonly RestrictPublicBuckets: boolean;
}

/** One version of an object, or a delete marker in its place. */
export interface ObjectVersion {
  readonly key: string;
  readonly versionId: string;
  readonly deleteMarker: boolean;
  readonly body: Buffer;
  /** MD5, in quotes. */
  readonly etag: string;
  readonly lastModified: number;
  /** Content-Type and the like, and `x-amz-meta-...`: what goes back as it came. */
  readonly headers: Readonly<Record<string, string>>;
  readonly encryption: Encryption;
}

export type NewVersion = Omit<ObjectVersion, 'key' | 'versionId'>;

export interface Upload {
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly encryption: Encryption;
  readonly parts: Map<number, { readonly body: Buffer; readonly etag: string; readonly lastModified: number }>;
}

/** The version id of objects that were written while versioning was off. */
export const NULL_VERSION = 'null';

/** A bucket: settings, objects with their versions, and uploads under way. */
export class Bucket {
  /** Set for a bucket that is not in the Region of the local AWS. */
  public region?: string;
  public versioning?: 'Enabled' | 'Suspended';
  public encryption: Encryption = { algorithm: 'AES256' };
  public publicAccessBlock?: PublicAccessBlock = {
    BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true,
  };
  public policy?: unknown;
  public tags: readonly { readonly Key: string; readonly Value: string }[] = [];
  public readonly uploads = new Map<string, Upload>();
  /** Newest version last. */
  private readonly objects = new Map<string, ObjectVersion[]>();
  private sortedKeys?: string[];

  public constructor(public readonly name: string, public readonly createdAt: number) {}

  public get empty(): boolean {
    return this.objects.size === 0;
  }

  /** All keys that have any version, in the order of listings. */
  public keys(): readonly string[] {
    this.sortedKeys ??= [...this.objects.keys()].sort();
    return this.sortedKeys;
  }

  /** Newest first. */
  public versions(key: string): readonly ObjectVersion[] {
    return [...this.objects.get(key) ?? []].reverse();
  }

  /** The newest version, or that with the id; it may be a delete marker. */
  public find(key: string, versionId?: string): ObjectVersion | undefined {
    const versions = this.objects.get(key);
    return versionId === undefined ? versions?.[versions.length - 1] : versions?.find((version) => version.versionId === versionId);
  }

  public put(key: string, version: NewVersion): ObjectVersion {
    const versionId = this.versioning === 'Enabled' ? randomBytes(24).toString('base64url') : NULL_VERSION;
    const stored = { ...version, key, versionId };
    const others = (this.objects.get(key) ?? []).filter((other) => other.versionId !== versionId);
    if (!this.objects.has(key)) {
      this.sortedKeys = undefined;
    }
    this.objects.set(key, [...others, stored]);
    return stored;
  }

  /** Puts a delete marker on top, or without versioning removes the object. */
  public delete(key: string, now: number): ObjectVersion | undefined {
    if (!this.versioning) {
      this.remove(key, NULL_VERSION);
      return undefined;
    }
    return this.put(key, {
      deleteMarker: true, body: Buffer.alloc(0), etag: '', lastModified: now, headers: {}, encryption: { algorithm: 'AES256' },
    });
  }

  /** Removes one version for good. */
  public remove(key: string, versionId: string): ObjectVersion | undefined {
    const removed = this.find(key, versionId);
    const left = (this.objects.get(key) ?? []).filter((version) => version !== removed);
    if (left.length > 0) {
      this.objects.set(key, left);
    } else if (this.objects.delete(key)) {
      this.sortedKeys = undefined;
    }
    return removed;
  }
}
