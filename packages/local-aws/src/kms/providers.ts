import type { Key } from '../../../local-healthlake/src/kms/key-store';
import type { Kms } from '../../../local-healthlake/src/kms/kms';
import type { ResourceDelete, ResourceProvider, ResourceProviders, ResourceRequest, ResourceResult, ResourceUpdate } from '../contract';

/** Returns the resource providers of KMS, by resource type. */
export function kmsProviders(kms: Kms): ResourceProviders {
  return { 'AWS::KMS::Key': new KeyProvider(kms) };
}

interface KeyProperties {
  readonly KeyPolicy?: unknown;
  readonly Description?: string;
  readonly Enabled?: boolean | string;
  readonly PendingWindowInDays?: number | string;
}

const DAY_MS = 24 * 3_600_000;

/** Emulates AWS::KMS::Key. */
class KeyProvider implements ResourceProvider {
  public constructor(private readonly kms: Kms) {}

  public async create(request: ResourceRequest): Promise<ResourceResult> {
    const properties = request.properties as KeyProperties;
    await this.kms.authorizeWithoutKey(request.caller, 'kms:CreateKey', '*');
    const key = this.kms.keys.create(properties.KeyPolicy ?? this.kms.defaultKeyPolicy, properties.Description);
    key.enabled = String(properties.Enabled ?? true) === 'true';
    return result(key);
  }

  public async update(request: ResourceUpdate): Promise<ResourceResult> {
    const properties = request.properties as KeyProperties;
    const key = this.kms.keys.get(request.physicalId);
    await this.kms.authorize(request.caller, 'kms:PutKeyPolicy', key);
    key.policy = properties.KeyPolicy ?? this.kms.defaultKeyPolicy;
    key.enabled = String(properties.Enabled ?? true) === 'true';
    return result(key);
  }

  public async delete(request: ResourceDelete): Promise<void> {
    const key = this.kms.keys.get(request.physicalId);
    await this.kms.authorize(request.caller, 'kms:ScheduleKeyDeletion', key);
    const days = Number((request.properties as KeyProperties).PendingWindowInDays ?? 30);
    this.kms.keys.scheduleDeletion(key, days * DAY_MS);
  }
}

function result(key: Key): ResourceResult {
  return { physicalId: key.keyId, attributes: { Arn: key.arn, KeyId: key.keyId } };
}
