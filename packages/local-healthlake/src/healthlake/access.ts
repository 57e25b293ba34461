import { startFailure } from './failures';
import type { Caller, DataAccess, HealthLakePorts } from './ports';

/**
 * The KMS actions that a user of a data store with a customer managed key needs. The guide says that all operations need DescribeKey, that writes need
 * GenerateDataKey, and that reads and searches need Decrypt. It doesn't say which operations need CreateGrant, and whether reads and writes need the
 * same actions, so the emulator always checks all actions.
 */
const KEY_ACTIONS = ['kms:DescribeKey', 'kms:CreateGrant', 'kms:GenerateDataKey', 'kms:Decrypt'];

/** Authorizes API calls. The actions and resources come from the Service Authorization Reference. */
export class Access {
  public constructor(private readonly ports: HealthLakePorts) {}

  public datastoreArn(datastoreId: string): string {
    const { partition, region, accountId } = this.ports;
    return `arn:${partition}:healthlake:${region}:${accountId}:datastore/fhir/${datastoreId}`;
  }

  /** Authorizes an operation on a data store or on its jobs. */
  public async onDatastore(caller: Caller, operation: string, datastoreId: string): Promise<void> {
    await this.ports.authorize(caller, `healthlake:${operation}`, this.datastoreArn(datastoreId));
  }

  /** Authorizes an operation that doesn't act on a data store, such as ListFHIRDatastores. */
  public async onAccount(caller: Caller, operation: string): Promise<void> {
    await this.ports.authorize(caller, `healthlake:${operation}`, '*');
  }

  public async toPassRole(caller: Caller, roleArn: string): Promise<void> {
    await this.ports.authorize(caller, 'iam:PassRole', roleArn, { 'iam:PassedToService': 'healthlake.amazonaws.com' });
  }

  /** Authorizes the use of a data store's key. Does nothing if AWS owns the key. */
  public async toUseKey(caller: Caller, keyId: string | undefined): Promise<void> {
    for (const action of keyId === undefined ? [] : KEY_ACTIONS) {
      try {
        await this.ports.authorizeKey(caller, action, keyId!);
      } catch (error) {
        throw startFailure(`HealthLake could not use the key ${keyId}`, error);
      }
    }
  }

  /** Assumes the data access role of a job. */
  public async assumeRole(roleArn: string, datastoreId: string): Promise<DataAccess> {
    const source = { arn: this.datastoreArn(datastoreId), account: this.ports.accountId };
    try {
      return await this.ports.assumeDataAccessRole(roleArn, source);
    } catch (error) {
      throw startFailure(`HealthLake could not assume the data access role ${roleArn}`, error);
    }
  }
}
