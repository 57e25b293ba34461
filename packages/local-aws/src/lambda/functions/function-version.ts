import { randomBytes } from 'node:crypto';
import { CodePackage, type CodeLoader } from './code-package';
import { EnvironmentPool } from '../execution/environment-pool';
import { environmentVariables } from '../execution/environment-variables';
import { ExecutionEnvironment, type EnvironmentInvocation } from '../execution/execution-environment';
import { NODE, type Runtime } from '../execution/runtimes';
import type { KillAnswer } from '../faults';
import { isPython, type FunctionConfiguration } from './function-configuration';
import { FunctionLog } from './function-log';
import { ServiceError, type AssumedRole, type Caller, type Environment, type InvocationResult } from '../../contract';
import type { Iam } from '../../iam/iam';
import { logGroupArn, type Logs } from '../../logs/logs';

/** The emulated services that the local Lambda uses to run functions. */
export interface FunctionHost {
  readonly env: Environment;
  readonly iam: Pick<Iam, 'authorize' | 'assumeRole' | 'checkWithRetry'>;
  readonly logs: Pick<Logs, 'hasGroup' | 'createGroup' | 'write'>;
  readonly loadCode: CodeLoader;
  /** The zip files of the layer versions, by ARN. */
  readonly layers: Map<string, Uint8Array>;
  /** Returns the runtime of Python functions, or undefined if the machine can't run them. */
  readonly python: () => Promise<Runtime | undefined>;
}

/** Starts a session of the function's role. Lambda starts one for each execution environment. */
export async function assumeFunctionRole({ iam }: FunctionHost, configuration: FunctionConfiguration): Promise<AssumedRole> {
  try {
    return await iam.assumeRole({ service: 'lambda.amazonaws.com' }, configuration.roleArn, { 'sts:RoleSessionName': configuration.name });
  } catch (error) {
    if (!(error instanceof ServiceError)) {
      throw error;
    }
    throw new ServiceError('AccessDeniedException', 'The role defined for the function cannot be assumed by Lambda.', 403);
  }
}

/** The code and configuration of a function: a published version, or `$LATEST` between two updates. */
export class FunctionVersion {
  public static async create(host: FunctionHost, configuration: FunctionConfiguration, version: string): Promise<FunctionVersion> {
    const code = await CodePackage.unpack(configuration, host.loadCode);
    return new FunctionVersion(host, configuration, version, code, await chooseRuntime(host, configuration, code));
  }

  private readonly pool: EnvironmentPool;
  // A function keeps the layers that it was created with, even if they are deleted.
  private readonly layerZips: readonly Uint8Array[];
  private layers?: Promise<CodePackage>;

  private constructor(
    private readonly host: FunctionHost, public readonly configuration: FunctionConfiguration, public readonly version: string,
    private readonly code: CodePackage, private readonly runtime: Runtime | undefined,
  ) {
    this.layerZips = configuration.layers.map((arn) => host.layers.get(arn)!);
    this.pool = new EnvironmentPool(() => this.startEnvironment());
  }

  /** Throws if the local AWS can't run the function's runtime. Such a function can still be created. */
  public checkRuntime(): void {
    const { runtime, name } = this.configuration;
    if (!this.runtime) {
      const remedy = isPython(runtime) ? 'install python3 and boto3' : 'use nodejs or python';
      throw new Error(`runtime ${runtime} of function ${name} can't be run by the local AWS, ${remedy}`);
    }
  }

  public run(invocation: Omit<EnvironmentInvocation, 'timeoutSeconds'>): Promise<InvocationResult> {
    return this.pool.run({ ...invocation, timeoutSeconds: this.configuration.timeoutSeconds });
  }

  public kill(answer?: KillAnswer): Promise<void> {
    return this.pool.kill(answer);
  }

  /** Completes the running events, then removes the processes and the code. */
  public async retire(): Promise<void> {
    await this.pool.retire();
    await this.removeCode();
  }

  /** Ends the processes without waiting for running events, and removes the code. */
  public async close(): Promise<void> {
    await this.pool.close();
    await this.removeCode();
  }

  private async removeCode(): Promise<void> {
    await Promise.all([this.code, await this.layers].map((unpacked) => unpacked?.remove()));
  }

  /** Unpacks the layers at the first start of the function, because the local AWS creates many functions that it never runs. */
  private async layerDirectory(): Promise<string | undefined> {
    if (this.runtime === NODE || this.layerZips.length === 0) {
      return undefined;
    }
    this.layers ??= CodePackage.unpackLayers(this.layerZips);
    return (await this.layers).directory;
  }

  private async startEnvironment(): Promise<ExecutionEnvironment> {
    const { env } = this.host;
    const { configuration, version } = this;
    const { credentials, caller } = await assumeFunctionRole(this.host, configuration);
    const stream = logStreamName(env.clock.now(), version);
    const { directory } = this.code;
    const runtime = this.runtime!;
    return new ExecutionEnvironment(env, {
      runtime,
      handler: configuration.handler,
      codeDirectory: directory,
      layerDirectory: await this.layerDirectory(),
      variables: environmentVariables(env, configuration, runtime, version, stream, directory, credentials),
      log: new FunctionLog(this.host.logs, configuration.logGroup, stream, () => this.openLog(caller, stream)),
    });
  }

  /** Returns whether the function may write to its log. If so, creates the log group if it is missing, as Lambda does. */
  private async openLog(caller: Caller, stream: string): Promise<boolean> {
    const { env, iam, logs } = this.host;
    const { logGroup } = this.configuration;
    const groupArn = logGroupArn(env, logGroup);
    try {
      if (!logs.hasGroup(logGroup)) {
        await iam.authorize({ caller, action: 'logs:CreateLogGroup', resource: groupArn });
      }
      await iam.authorize({ caller, action: 'logs:CreateLogStream', resource: `${groupArn}:log-stream:${stream}` });
      await iam.authorize({ caller, action: 'logs:PutLogEvents', resource: `${groupArn}:log-stream:${stream}` });
      if (!logs.hasGroup(logGroup)) {
        logs.createGroup(logGroup);
      }
      return true;
    } catch (error) {
      if (error instanceof ServiceError) {
        return false;
      }
      throw error;
    }
  }
}

/** Returns the runtime of a function, or undefined if the local AWS can't run the function. */
async function chooseRuntime({ python }: FunctionHost, { runtime }: FunctionConfiguration, code: CodePackage): Promise<Runtime | undefined> {
  if (!isPython(runtime)) {
    return runtime?.startsWith('nodejs') ? NODE : undefined;
  }
  const found = await python();
  if (!found && await code.isBucketDeployment()) {
    await code.addBucketDeployment();
    return NODE;
  }
  return found;
}

function logStreamName(now: number, version: string): string {
  const day = new Date(now).toISOString().slice(0, 10).replace(/-/g, '/');
  return `${day}/[${version}]${randomBytes(16).toString('hex')}`;
}
