import { randomBytes } from 'node:crypto';

/** The encryption of an object, or the default encryption of a bucket. */
export interface Encryption {
  readonly algorithm: 'AES256' | 'aws:kms';
  /** The id, ARN or alias of the KMS key, as requested. If it is missing, `aws:kms` means the AWS managed key for S3. */
  readonly keyId?: string;
  /** Whether S3 uses a bucket key. With a bucket key, the encryption context is the ARN of the bucket instead of the object. */
  readonly bucketKey?: boolean;
}

export interface PublicAccessBlock {
  readonly BlockPublicAcls: boolean;
  readonly IgnorePublicAcls: boolean;
  readonly BlockPublicPolicy: boolean;
  readonly RestrictPublicBuckets: boolean;
}

/** A version of an object, or a delete marker. */
export interface ObjectVersion {
  readonly key: string;
  readonly versionId: string;
  readonly deleteMarker: boolean;
  readonly body: Buffer;
  /** The MD5 hash of the object, in quotes. */
  readonly etag: string;
  readonly lastModified: number;
  /** The headers that GetObject and HeadObject return unchanged, such as Content-Type and `x-amz-meta-...`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly encryption: Encryption;
}

export interface Upload {
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly encryption: Encryption;
  readonly parts: Map<number, { readonly body: Buffer; readonly etag: string; readonly lastModified: number }>;
}

/** The version id of objects in a bucket without versioning. */
const NULL_VERSION = 'null';

/** A bucket: its settings, its objects with their versions, and its unfinished uploads. */
export class Bucket {
  /** The Region of the bucket. Undefined if the bucket is in the Region of the local AWS. */
  public region?: string;
  public versioning?: 'Enabled' | 'Suspended';
  public encryption: Encryption = { algorithm: 'AES256' };
  public publicAccessBlock?: PublicAccessBlock = {
    BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true,
  };
  public policy?: unknown;
  public tags: readonly { readonly Key: string; readonly Value: string }[] = [];
  public readonly uploads = new Map<string, Upload>();
  /** The versions of each key, newest last. */
  private readonly objects = new Map<string, ObjectVersion[]>();
  private sortedKeys?: string[];

  public constructor(public readonly name: string, public readonly createdAt: number) {}

  public get empty(): boolean {
    return this.objects.size === 0;
  }

  /** All keys, sorted as in listings. Keys with only a delete marker are included. */
  public keys(): readonly string[] {
    this.sortedKeys ??= [...this.objects.keys()].sort();
    return this.sortedKeys;
  }

  /** The versions of a key, newest first. */
  public versions(key: string): readonly ObjectVersion[] {
    return [...this.objects.get(key) ?? []].reverse();
  }

  /** Returns the newest version, or the version with this id. The result may be a delete marker. */
  public find(key: string, versionId?: string): ObjectVersion | undefined {
    const versions = this.objects.get(key);
    return versionId === undefined ? versions?.[versions.length - 1] : versions?.find((version) => version.versionId === versionId);
  }

  public put(key: string, version: Omit<ObjectVersion, 'key' | 'versionId'>): ObjectVersion {
    const versionId = this.versioning === 'Enabled' ? randomBytes(24).toString('base64url') : NULL_VERSION;
    const stored = { ...version, key, versionId };
    const others = (this.objects.get(key) ?? []).filter((other) => other.versionId !== versionId);
    if (!this.objects.has(key)) {
      this.sortedKeys = undefined;
    }
    this.objects.set(key, [...others, stored]);
    return stored;
  }

  /** Adds a delete marker. In a bucket without versioning, removes the object instead. */
  public delete(key: string, now: number): ObjectVersion | undefined {
    if (!this.versioning) {
      this.remove(key, NULL_VERSION);
      return undefined;
    }
    return this.put(key, {
      deleteMarker: true, body: Buffer.alloc(0), etag: '', lastModified: now, headers: {}, encryption: { algorithm: 'AES256' },
    });
  }

  /** Removes one version permanently. */
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
