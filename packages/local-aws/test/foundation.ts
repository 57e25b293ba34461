import { existsSync, readFileSync } from 'node:fs';
import { KMSClient } from '@aws-sdk/client-kms';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { STSClient } from '@aws-sdk/client-sts';
import { zipSync } from 'fflate';
import { LocalAws, type LocalAwsOptions } from '../src/aws';
import type { AssumedRole, Environment, ResourceProvider, ResourceResult } from '../src/contract';
import { ADMIN_CREDENTIALS, type Iam } from '../src/iam/iam';

export const ACCOUNT = '123456789012';
export const REGION = 'us-west-2';

type Credentials = LocalAws['credentials'] | { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string };

/** A local AWS with helpers that create resources without a stack. */
export class Foundation {
  public static async start(options: LocalAwsOptions = {}): Promise<Foundation> {
    return new Foundation(await LocalAws.start({ region: REGION, ...options }));
  }

  public readonly clock: LocalAws['clock'];
  public readonly iam: LocalAws['iam'];
  public readonly kms: LocalAws['kms'];
  public readonly s3: LocalAws['s3'];
  public readonly ssm: LocalAws['ssm'];
  public readonly logs: LocalAws['logs'];
  public readonly lambda: LocalAws['lambda'];
  public readonly states: LocalAws['states'];
  public readonly router: LocalAws['router'];
  public readonly environment: Environment;
  private readonly clients: { destroy(): void }[] = [];

  private constructor(public readonly local: LocalAws) {
    ({
      clock: this.clock, iam: this.iam, kms: this.kms, s3: this.s3, ssm: this.ssm, logs: this.logs, lambda: this.lambda, states: this.states,
      router: this.router,
    } = local);
    this.environment = local.cloudformation.ports.environment;
  }

  public async close(): Promise<void> {
    this.clients.forEach((client) => client.destroy());
    await this.local.stop();
  }

  public s3Client(credentials: Credentials = ADMIN_CREDENTIALS, maxAttempts = 1): S3Client {
    return this.client(new S3Client({ ...this.configuration(credentials), maxAttempts, forcePathStyle: true }));
  }

  public stsClient(credentials: Credentials = ADMIN_CREDENTIALS): STSClient {
    return this.client(new STSClient(this.configuration(credentials)));
  }

  public kmsClient(credentials: Credentials = ADMIN_CREDENTIALS): KMSClient {
    return this.client(new KMSClient(this.configuration(credentials)));
  }

  public lambdaClient(maxAttempts = 1): LambdaClient {
    return this.client(new LambdaClient({ ...this.configuration(ADMIN_CREDENTIALS), maxAttempts }));
  }

  public statesClient(): SFNClient {
    return this.client(new SFNClient(this.configuration(ADMIN_CREDENTIALS)));
  }

  /** Creates a role that the whole account may assume, with these statements as its policy. Starts a session of the role. */
  public async sessionWith(name: string, statements: readonly unknown[]): Promise<AssumedRole> {
    return startSession(this.iam, name, statements);
  }

  /** Creates a role that a service may assume. Returns its ARN. */
  public role(name: string, service: string, statements: object[] = []): string {
    return this.iam.roles.create(name, '/', {
      trustPolicy: policy(trust({ Service: service })),
      inlinePolicies: statements.length > 0 ? { inline: policy(...statements) } : {},
      managedPolicyArns: [],
    }, 0).arn;
  }

  /** Creates a role that Lambda may assume and that may write to every log group. Returns its ARN. */
  public functionRole(name: string, statements: object[] = []): string {
    return this.role(name, 'lambda.amazonaws.com', [allow('logs:*', '*'), ...statements]);
  }

  /** Creates a function. Returns its ARN. */
  public async function(name: string, code: string | Record<string, string>, properties: Record<string, unknown> = {}): Promise<string> {
    const result = await this.createResource('AWS::Lambda::Function', {
      FunctionName: name,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      // A function takes real time to start. With a fast clock, the default timeout of 3 seconds could end before the function has started.
      Timeout: 300,
      Role: properties.Role ?? this.functionRole(`${name}-role`),
      Code: typeof code === 'string' ? { ZipFile: code } : this.uploadCode(name, code),
      ...properties,
    });
    return String(result.attributes?.Arn);
  }

  /** Creates a resource as CloudFormation does. */
  public async createResource(type: string, properties: object, caller = this.iam.admin): Promise<ResourceResult> {
    return this.provider(type).create({ ...RESOURCE, type, properties, caller });
  }

  /** Updates a resource as CloudFormation does. */
  public async updateResource(type: string, physicalId: string, oldProperties: object, properties: object): Promise<ResourceResult> {
    return this.provider(type).update({ ...RESOURCE, type, physicalId, oldProperties, properties, caller: this.iam.admin });
  }

  /** Deletes a resource as CloudFormation does. */
  public async deleteResource(type: string, physicalId: string, properties: object = {}): Promise<void> {
    await this.provider(type).delete({ ...RESOURCE, type, physicalId, properties, caller: this.iam.admin });
  }

  private provider(type: string): ResourceProvider {
    return this.local.cloudformation.ports.providers[type];
  }

  private uploadCode(name: string, code: Record<string, string>): object {
    const files = Object.entries(code).map(([file, text]) => [file, Buffer.from(text)]);
    putObject(this.local, `code-of-${name.toLowerCase()}`, 'code.zip', Buffer.from(zipSync(Object.fromEntries(files))));
    return { S3Bucket: `code-of-${name.toLowerCase()}`, S3Key: 'code.zip' };
  }

  private configuration(credentials: Credentials) {
    return { endpoint: this.environment.endpoint(), region: REGION, credentials, maxAttempts: 1 };
  }

  private client<T extends { destroy(): void }>(client: T): T {
    this.clients.push(client);
    return client;
  }
}

const RESOURCE = { stackId: 'stack-id', stackName: 'Stack', logicalId: 'Resource' };

/** Creates a role that the whole account may assume, with these statements as its policy. Starts a session of the role. */
export async function startSession(iam: Iam, name: string, statements: readonly unknown[]): Promise<AssumedRole> {
  await iam.createRole(name, {
    trustPolicy: policy(trust({ AWS: `arn:aws:iam::${ACCOUNT}:root` })),
    inlinePolicies: statements.length > 0 ? { inline: policy(...statements) } : {},
    managedPolicyArns: [],
  });
  return iam.assumeRole(iam.admin, roleArn(name), { 'sts:RoleSessionName': 'test' });
}

/** Stores an object without an HTTP request. Creates its bucket if it is missing. */
export function putObject(aws: LocalAws, bucket: string, key: string, body: Buffer): void {
  (aws.s3.context.buckets.find(bucket) ?? aws.s3.createBucket(bucket)).put(key, {
    deleteMarker: false, body, etag: '"x"', lastModified: 0, headers: {}, encryption: { algorithm: 'AES256' },
  });
}

export function roleArn(name: string): string {
  return `arn:aws:iam::${ACCOUNT}:role/${name}`;
}

/** Returns a policy document of these statements. */
export function policy(...statements: readonly unknown[]): { Version: string; Statement: readonly unknown[] } {
  return { Version: '2012-10-17', Statement: statements };
}

/** Returns an Allow statement. */
export function allow(action: string | string[], resource: string | string[], condition?: object): object {
  return { Effect: 'Allow', Action: action, Resource: resource, ...(condition && { Condition: condition }) };
}

/** Returns a statement that allows the principal to assume a role. */
export function trust(principal: object, condition?: object): object {
  return { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: principal, ...(condition && { Condition: condition }) };
}

/** Resolves when `condition` returns true. Rejects after 20 seconds. */
export async function eventually(condition: () => boolean): Promise<void> {
  for (let attempts = 0; !condition(); attempts += 1) {
    if (attempts >= 2_000) {
      throw new Error(`not true within 20 seconds: ${condition}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export function isRunning(pid: number): boolean {
  try {
    const status = `/proc/${pid}/status`; // a process that has ended stays a zombie until its parent, or process 1, collects it
    return process.kill(pid, 0) && !(existsSync(status) && /^State:\s+Z/m.test(readFileSync(status, 'utf8')));
  } catch {
    return false;
  }
}
