import { randomUUID } from 'node:crypto';
import { ServiceError, type Environment } from '../service';

export interface Key {
  readonly keyId: string;
  readonly arn: string;
  readonly description: string;
  readonly createdAt: number;
  /** The key policy. If it has no statement for the account's root, IAM policies grant no access to the key. */
  policy: unknown;
  enabled: boolean;
  /** The time of the scheduled deletion; undefined if no deletion is scheduled. */
  deletionDate?: number;
}

/** The keys and aliases of the account. */
export class KeyStore {
  private readonly keys = new Map<string, Key>();
  private readonly aliases = new Map<string, string>();

  public constructor(private readonly environment: Environment) {}

  public create(policy: unknown, description = ''): Key {
    const keyId = randomUUID();
    const key: Key = { keyId, arn: this.arn(`key/${keyId}`), description, policy, enabled: true, createdAt: this.environment.clock.now() };
    this.keys.set(keyId, key);
    return key;
  }

  /** Finds a key by id, ARN, alias name or alias ARN. */
  public get(keyIdOrArnOrAlias: string): Key {
    const id = keyIdOrArnOrAlias.startsWith('arn:') ? keyIdOrArnOrAlias.split(':').slice(5).join(':') : keyIdOrArnOrAlias;
    if (id.startsWith('alias/')) {
      const target = this.aliases.get(id);
      if (!target) {
        throw new ServiceError('NotFoundException', `Alias ${this.arn(id)} is not found.`);
      }
      return this.get(target);
    }
    const key = this.keys.get(id.replace(/^key\//, ''));
    if (key && (!keyIdOrArnOrAlias.startsWith('arn:') || keyIdOrArnOrAlias === key.arn)) {
      return key;
    }
    throw new ServiceError('NotFoundException', keyIdOrArnOrAlias.startsWith('arn:')
      ? `Key '${keyIdOrArnOrAlias}' does not exist`
      : `Key '${this.arn(`key/${id}`)}' does not exist`);
  }

  /** Makes the key unusable at once. The key is never erased. */
  public scheduleDeletion(key: Key, afterMs: number): void {
    key.deletionDate = this.environment.clock.now() + afterMs;
  }

  public setAlias(name: string, keyIdOrArn: string): void {
    this.aliases.set(name, this.get(keyIdOrArn).keyId);
  }

  public hasAlias(name: string): boolean {
    return this.aliases.has(name);
  }

  public deleteAlias(name: string): void {
    this.aliases.delete(name);
  }

  public arn(resource: string): string {
    const { partition, region, accountId } = this.environment;
    return `arn:${partition}:kms:${region}:${accountId}:${resource}`;
  }
}
