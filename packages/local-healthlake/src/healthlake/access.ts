import { startFailure } from './failures';
import type { Caller, DataAccess, HealthLakePorts } from './ports';

/** Asks whether a caller may do something, with the actions and resources of the Service Authorization Reference. */
export class Gate {
  public constructor(private readonly ports: HealthLakePorts) {}

  public datastoreArn(datastoreId: string): string {
    const { partition, region, accountId } = this.ports;
    return `arn:${partition}:healthlake:${region}:${accountId}:datastore/fhir/${datastoreId}`;
  }

  /** The actions on one data store, which include those on its jobs. */
  public async onDatastore(caller: Caller, operation: string, datastoreId: string): Promise<void> {
    await this.ports.authorize(caller, `healthlake:${operation}`, this.datastoreArn(datastoreId));
  }

  /** The actions that have no resource. */
  public async onAccount(caller: Caller, operation: string): Promise<void> {
    await this.ports.authorize(caller, `healthlake:${operation}`, '*');
  }

  public async toPassRole(caller: Caller, roleArn: string): Promise<void> {
    await this.ports.authorize(caller, 'iam:PassRole', roleArn, { 'iam:PassedToService': 'healthlake.amazonaws.com' });
  }

  /** Assumes a role on behalf of a data store. */
  public async assumeRole(roleArn: string, datastoreId: string): Promise<DataAccess> {
    const source = { arn: this.datastoreArn(datastoreId), account: this.ports.accountId };
    try {
      return await this.ports.assumeDataAccessRole(roleArn, source);
    } catch (error) {
      throw startFailure(`HealthLake could not assume the data access role ${roleArn}`, error);
    }
  }
}
