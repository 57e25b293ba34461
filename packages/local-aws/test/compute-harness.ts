import { zipSync } from 'fflate';
import { ScaledClock } from '../../local-healthlake/src/clock';
import { Router } from '../../local-healthlake/src/http/router';
import type { Environment, ResourceProviders, ResourceRequest, ResourceResult } from '../src/contract';
import { ADMIN_CREDENTIALS, Iam } from '../src/iam/iam';
import { Lambda } from '../src/lambda/lambda';
import { lambdaProviders } from '../src/lambda/providers';
import { Logs } from '../src/logs/logs';
import { logsProviders } from '../src/logs/providers';
import { LogsWire } from '../src/logs/wire';
import { stepFunctionsProviders } from '../src/stepfunctions/providers';
import { StepFunctions } from '../src/stepfunctions/stepfunctions';

/** The services of COMPUTE with the real router and the real policies. */
export class ComputeHarness {
  public static async start(timeScale = 1): Promise<ComputeHarness> {
    const harness = new ComputeHarness(timeScale);
    harness.port = await harness.router.listen();
    return harness;
  }

  public readonly clock: ScaledClock;
  public readonly env: Environment;
  public readonly iam: Iam;
  public readonly logs: Logs;
  public readonly lambda: Lambda;
  public readonly stepFunctions: StepFunctions;
  public readonly router: Router;
  private readonly providers: ResourceProviders;
  private readonly packages = new Map<string, Buffer>();
  private port = 0;

  private constructor(timeScale: number) {
    this.clock = new ScaledClock(timeScale);
    this.env = {
      clock: this.clock,
      timeScale,
      partition: 'aws',
      region: 'us-east-1',
      accountId: '111122223333',
      endpoint: () => `http://127.0.0.1:${this.port}`,
    };
    this.iam = new Iam(this.env);
    this.logs = new Logs(this.env);
    this.lambda = new Lambda(this.env, this.iam, this.logs, async (_bucket, key) => this.code(key));
    this.stepFunctions = new StepFunctions(this.env, this.iam, this.lambda, this.logs);
    this.providers = {
      ...lambdaProviders(this.lambda),
      ...stepFunctionsProviders(this.stepFunctions, this.env, this.iam, this.logs),
      ...logsProviders(this.env, this.iam, this.logs),
    };
    this.router = new Router(this.iam, this.clock);
    this.router.register('logs', new LogsWire(this.env, this.iam, this.logs));
    this.router.register('lambda', this.lambda);
    this.router.register('states', this.stepFunctions);
  }

  public get clientConfig() {
    return { region: this.env.region, endpoint: this.env.endpoint(), credentials: ADMIN_CREDENTIALS };
  }

  /** A role with inline statements; its ARN. */
  public role(name: string, service: string, statements: object[] = []): string {
    const trust = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: service } };
    return this.iam.roles.create(name, '/', {
      trustPolicy: { Version: '2012-10-17', Statement: [trust] },
      inlinePolicies: statements.length > 0 ? { inline: { Version: '2012-10-17', Statement: statements } } : {},
      managedPolicyArns: [],
    }, 0).arn;
  }

  /** A role that Lambda may assume and that may write every log. */
  public functionRole(name: string, statements: object[] = []): string {
    return this.role(name, 'lambda.amazonaws.com', [allow('logs:*', '*'), ...statements]);
  }

  /** A function with inline code; its ARN. */
  public async function(name: string, code: string | Record<string, string>, properties: Record<string, unknown> = {}): Promise<string> {
    const result = await this.create('AWS::Lambda::Function', name, {
      FunctionName: name,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      // Work takes real time: under a fast clock the default of 3 seconds is over before a busy machine gets to it.
      Timeout: 300,
      Role: properties.Role ?? this.functionRole(`${name}-role`),
      Code: this.codeProperty(name, code),
      ...properties,
    });
    return String(result.attributes?.Arn);
  }

  /** Several files go through a bucket as a zip, one file is inline. */
  public codeProperty(name: string, code: string | Record<string, string>): object {
    if (typeof code === 'string') {
      return { ZipFile: code };
    }
    const files = Object.entries(code).map(([file, text]) => [file, Buffer.from(text)]);
    this.packages.set(`${name}.zip`, Buffer.from(zipSync(Object.fromEntries(files))));
    return { S3Bucket: 'assets', S3Key: `${name}.zip` };
  }

  public create(type: string, logicalId: string, properties: Record<string, unknown>): Promise<ResourceResult> {
    return this.provider(type).create(this.request(type, logicalId, properties));
  }

  public update(type: string, physicalId: string, properties: object, oldProperties: object): Promise<ResourceResult> {
    return this.provider(type).update({ ...this.request(type, physicalId, properties), physicalId, oldProperties });
  }

  public delete(type: string, physicalId: string, properties: object = {}): Promise<void> {
    return this.provider(type).delete({ ...this.request(type, physicalId, properties), physicalId });
  }

  public async stop(): Promise<void> {
    await this.stepFunctions.close();
    await this.lambda.close();
    await this.router.close();
    this.clock.close();
  }

  private code(key: string): Buffer {
    const zip = this.packages.get(key);
    if (!zip) {
      throw new Error(`no code under ${key}, give it to function() first`);
    }
    return zip;
  }

  private provider(type: string) {
    const provider = this.providers[type];
    if (!provider) {
      throw new Error(`nobody plays ${type}`);
    }
    return provider;
  }

  private request(type: string, logicalId: string, properties: object): ResourceRequest {
    return { stackId: 'stack-id', stackName: 'stack', logicalId, type, properties, caller: this.iam.admin };
  }
}

export function allow(action: string | string[], resource: string | string[]): object {
  return { Effect: 'Allow', Action: action, Resource: resource };
}

/** Resolves when the condition holds; fails after two seconds. */
export async function eventually(condition: () => boolean): Promise<void> {
  for (let attempts = 0; !condition(); attempts += 1) {
    if (attempts >= 200) {
      throw new Error(`not true within two seconds: ${condition}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
