import type { Key } from '../../../local-healthlake/src/kms/key-store';
import type { Kms } from '../../../local-healthlake/src/kms/kms';
import type { ResourceDelete, ResourceProvider, ResourceProviders, ResourceRequest, ResourceResult, ResourceUpdate } from '../contract';

/** The providers of KMS's resources. */
export function kmsProviders(kms: Kms): ResourceProviders {
  return { 'AWS::KMS::Key': new KeyProvider(kms), 'AWS::KMS::Alias': new AliasProvider(kms) };
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

interface AliasProperties {
  readonly AliasName: string;
  readonly TargetKeyId: string;
}

/** Emulates AWS::KMS::Alias. */
class AliasProvider implements ResourceProvider {
  public constructor(private readonly kms: Kms) {}

  public async create(request: ResourceRequest): Promise<ResourceResult> {
    const { AliasName } = request.properties as AliasProperties;
    if (this.kms.keys.hasAlias(AliasName)) {
      throw new Error(`An alias with the name ${this.kms.keys.arn(AliasName)} already exists`);
    }
    return this.set(request, 'kms:CreateAlias');
  }

  public async update(request: ResourceUpdate): Promise<ResourceResult> {
    const { AliasName } = request.properties as AliasProperties;
    return AliasName === request.physicalId ? this.set(request, 'kms:UpdateAlias') : this.create(request);
  }

  public async delete(request: ResourceDelete): Promise<void> {
    await this.kms.authorizeWithoutKey(request.caller, 'kms:DeleteAlias', this.kms.keys.arn(request.physicalId));
    this.kms.keys.deleteAlias(request.physicalId);
  }

  private async set(request: ResourceRequest, action: string): Promise<ResourceResult> {
    const { AliasName, TargetKeyId } = request.properties as AliasProperties;
    if (!AliasName.startsWith('alias/')) {
      throw new Error(`alias name ${AliasName} must start with alias/`);
    }
    await this.kms.authorizeWithoutKey(request.caller, action, this.kms.keys.arn(AliasName));
    await this.kms.authorize(request.caller, action, this.kms.keys.get(TargetKeyId));
    this.kms.keys.setAlias(AliasName, TargetKeyId);
    return { physicalId: AliasName };
  }
}

function result(key: Key): ResourceResult {
  return { physicalId: key.keyId, attributes: { Arn: key.arn, KeyId: key.keyId } };
}
