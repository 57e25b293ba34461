import { KeyStore, type Key } from './key-store';
import { jsonBody, jsonResponse, targetOperation, unknownOperation } from '../http/json';
import { callerOf, ServiceError, type Authorizer, type Caller, type Environment, type WireRequest, type WireResponse, type WireService } from '../service';

export type { Key } from './key-store';

/** Emulates KMS: keys, and the permissions to use them. */
export class Kms implements WireService {
  public readonly keys: KeyStore;

  public constructor(private readonly environment: Environment, private readonly authorizer: Authorizer) {
    this.keys = new KeyStore(environment);
  }

  public async handle(request: WireRequest): Promise<WireResponse> {
    const operation = targetOperation(request);
    const input = jsonBody(request);
    const caller = callerOf(request);
    switch (operation) {
      case 'DescribeKey':
        return jsonResponse(request, { KeyMetadata: metadata(await this.describe(caller, String(input.KeyId)), this.environment.accountId) });
      case 'CreateKey':
        return jsonResponse(request, await this.createKey(caller, input));
      default:
        throw unknownOperation('KMS', operation);
    }
  }

  /** The default key policy. It leaves the decision to the account's IAM policies. */
  public get defaultKeyPolicy(): unknown {
    const { partition, accountId } = this.environment;
    const root = `arn:${partition}:iam::${accountId}:root`;
    return { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: root }, Action: 'kms:*', Resource: '*' }] };
  }

  /** Returns the key. Throws if the key doesn't exist or the caller may not describe it. */
  public async describe(caller: Caller, keyIdOrArnOrAlias: string): Promise<Key> {
    const key = this.keys.get(keyIdOrArnOrAlias);
    await this.authorize(caller, 'kms:DescribeKey', key);
    return key;
  }

  /**
   * Authorizes the use of a key, directly or through a service, and returns the key's ARN.
   * @param action e.g. `kms:GenerateDataKey`
   * @param context condition keys such as kms:ViaService and kms:EncryptionContext:<key>
   */
  public async use(caller: Caller, action: string, keyIdOrArnOrAlias: string, context: Record<string, string> = {}): Promise<string> {
    const key = this.keys.get(keyIdOrArnOrAlias);
    await this.authorize(caller, action, key, context);
    if (key.deletionDate !== undefined) {
      throw new ServiceError('KMSInvalidStateException', `${key.arn} is pending deletion.`);
    }
    if (!key.enabled) {
      throw new ServiceError('DisabledException', `${key.arn} is disabled.`);
    }
    return key.arn;
  }

  public async authorize(caller: Caller, action: string, key: Key, context: Record<string, string> = {}): Promise<void> {
    await this.authorizer.authorize({
      caller,
      action,
      resource: key.arn,
      resourcePolicy: key.policy,
      context: { 'kms:CallerAccount': caller.accountId, ...context },
    });
  }

  /** Authorizes an action on a resource without a key policy: an alias, or a key that doesn't exist yet. */
  public async authorizeWithoutKey(caller: Caller, action: string, resource: string): Promise<void> {
    await this.authorizer.authorize({ caller, action, resource });
  }

  private async createKey(caller: Caller, input: Record<string, unknown>): Promise<unknown> {
    await this.authorizeWithoutKey(caller, 'kms:CreateKey', '*');
    const policy: unknown = typeof input.Policy === 'string' ? JSON.parse(input.Policy) : this.defaultKeyPolicy;
    return { KeyMetadata: metadata(this.keys.create(policy, String(input.Description ?? '')), this.environment.accountId) };
  }
}

function metadata(key: Key, accountId: string): Record<string, unknown> {
  return {
    KeyId: key.keyId,
    Arn: key.arn,
    AWSAccountId: accountId,
    CreationDate: key.createdAt / 1000,
    Description: key.description,
    Enabled: key.enabled,
    KeyManager: 'CUSTOMER',
    KeySpec: 'SYMMETRIC_DEFAULT',
    KeyState: key.deletionDate ? 'PendingDeletion' : key.enabled ? 'Enabled' : 'Disabled',
    ...(key.deletionDate ? { DeletionDate: key.deletionDate / 1000 } : {}),
    KeyUsage: 'ENCRYPT_DECRYPT',
    Origin: 'AWS_KMS',
    EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
    MultiRegion: false,
  };
}
