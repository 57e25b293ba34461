import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { STSClient } from '@aws-sdk/client-sts';
import { ScaledClock } from '../../local-healthlake/src/clock';
import { Router } from '../../local-healthlake/src/http/router';
import { Kms } from '../../local-healthlake/src/kms/kms';
import { S3 } from '../../local-healthlake/src/s3/s3';
import type { AssumedRole, Environment, ResourceProviders, ResourceResult } from '../src/contract';
import { ADMIN_CREDENTIALS, Iam, type IamOptions } from '../src/iam/iam';
import { iamProviders } from '../src/iam/providers';
import { kmsProviders } from '../src/kms/providers';
import { s3Providers } from '../src/s3/providers';
import { ssmProviders } from '../src/ssm/providers';
import { Ssm } from '../src/ssm/ssm';
import { Sts } from '../src/sts/sts';

export const ACCOUNT = '123456789012';
export const REGION = 'us-west-2';

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** The foundation of the local AWS on a port of its own: HTTP, IAM, STS, KMS, S3, SSM. */
export class Foundation {
  public static async start(options: IamOptions = {}): Promise<Foundation> {
    const foundation = new Foundation(options);
    foundation.port = await foundation.router.listen();
    return foundation;
  }

  public readonly clock = new ScaledClock();
  public readonly environment: Environment = {
    clock: this.clock,
    timeScale: 1,
    partition: 'aws',
    region: REGION,
    accountId: ACCOUNT,
    endpoint: () => `http://127.0.0.1:${this.port}`,
  };
  public readonly iam: Iam;
  public readonly kms: Kms;
  public readonly s3: S3;
  public readonly ssm: Ssm;
  public readonly router: Router;
  private readonly providers: ResourceProviders;
  private readonly clients: { destroy(): void }[] = [];
  private port = 0;

  private constructor(options: IamOptions) {
    this.iam = new Iam(this.environment, options);
    this.kms = new Kms(this.environment, this.iam);
    this.s3 = new S3(this.environment, this.iam, this.kms);
    this.ssm = new Ssm(this.environment, this.iam);
    this.providers = { ...iamProviders(this.iam), ...kmsProviders(this.kms), ...s3Providers(this.s3), ...ssmProviders(this.ssm) };
    this.router = new Router(this.iam, this.clock);
    this.router.register('sts', new Sts(this.iam));
    this.router.register('kms', this.kms);
    this.router.register('s3', this.s3);
    this.router.register('ssm', this.ssm);
  }

  public async close(): Promise<void> {
    this.clients.forEach((client) => client.destroy());
    await this.router.close();
    this.clock.close();
  }

  public s3Client(credentials: Credentials = ADMIN_CREDENTIALS, maxAttempts = 1): S3Client {
    return this.client(new S3Client({ ...this.configuration(credentials), maxAttempts, forcePathStyle: true }));
  }

  public stsClient(credentials: Credentials = ADMIN_CREDENTIALS): STSClient {
    return this.client(new STSClient({ ...this.configuration(credentials), maxAttempts: 1 }));
  }

  public kmsClient(credentials: Credentials = ADMIN_CREDENTIALS): KMSClient {
    return this.client(new KMSClient({ ...this.configuration(credentials), maxAttempts: 1 }));
  }

  /** Makes a role that the whole account may assume, with these statements as its policy, and starts a session of it. */
  public async sessionWith(name: string, statements: readonly unknown[], boundaryArn?: string): Promise<AssumedRole> {
    await this.iam.createRole(name, {
      trustPolicy: policy({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } }),
      inlinePolicies: statements.length > 0 ? { inline: policy(...statements) } : {},
      managedPolicyArns: [],
      permissionsBoundaryArn: boundaryArn,
    });
    return this.iam.assumeRole(this.iam.admin, roleArn(name), { 'sts:RoleSessionName': 'test' });
  }

  /** Creates a resource as CloudFormation does. */
  public async createResource(type: string, properties: object, caller = this.iam.admin): Promise<ResourceResult> {
    return this.providers[type].create({ stackId: 'stack-id', stackName: 'Stack', logicalId: 'Resource', type, properties, caller });
  }

  /** Updates a resource as CloudFormation does. */
  public async updateResource(type: string, physicalId: string, oldProperties: object, properties: object): Promise<ResourceResult> {
    const caller = this.iam.admin;
    return this.providers[type].update({ stackId: 'stack-id', stackName: 'Stack', logicalId: 'Resource', type, physicalId, oldProperties, properties, caller });
  }

  /** Deletes a resource as CloudFormation does. */
  public async deleteResource(type: string, physicalId: string, properties: object): Promise<void> {
    const caller = this.iam.admin;
    await this.providers[type].delete({ stackId: 'stack-id', stackName: 'Stack', logicalId: 'Resource', type, physicalId, properties, caller });
  }

  private configuration(credentials: Credentials): { endpoint: string; region: string; credentials: Credentials } {
    return { endpoint: this.environment.endpoint(), region: REGION, credentials };
  }

  private client<T extends { destroy(): void }>(client: T): T {
    this.clients.push(client);
    return client;
  }
}

export function roleArn(name: string): string {
  return `arn:aws:iam::${ACCOUNT}:role/${name}`;
}

/** A policy document of these statements. */
export function policy(...statements: readonly unknown[]): { Version: string; Statement: readonly unknown[] } {
  return { Version: '2012-10-17', Statement: statements };
}

/** An Allow statement. */
export function allow(action: string | string[], resource: string | string[], condition?: object): object {
  return { Effect: 'Allow', Action: action, Resource: resource, ...(condition && { Condition: condition }) };
}
