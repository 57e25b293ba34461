import { CloudFormationWire } from './cloudformation/api/wire';
import { CloudFormation, RESPONSE_PATH, type CloudFormationOptions } from './cloudformation/cloudformation';
import { CloudWatch } from './cloudwatch/cloudwatch';
import { cloudWatchProviders } from './cloudwatch/providers';
import { ServiceError, type Environment, type ResourceProviders } from './contract';
import { Events } from './events/events';
import { eventsProviders } from './events/providers';
import { emitJobEvents } from './healthlake/job-events';
import { healthLakeProviders } from './healthlake/providers';
import { bootstrapBucketName } from './iam/bootstrap';
import { ADMIN_CREDENTIALS, Iam, type IamOptions } from './iam/iam';
import { iamProviders } from './iam/providers';
import { kmsProviders } from './kms/providers';
import { Lambda } from './lambda/lambda';
import { lambdaProviders } from './lambda/providers';
import { Logs } from './logs/logs';
import { logsProviders } from './logs/providers';
import { LogsWire } from './logs/wire';
import { s3Providers } from './s3/providers';
import { schedulerProviders } from './scheduler/providers';
import { Scheduler } from './scheduler/scheduler';
import { snsProviders } from './sns/providers';
import { Sns } from './sns/sns';
import { ssmProviders } from './ssm/providers';
import { Ssm } from './ssm/ssm';
import { stepFunctionsProviders } from './stepfunctions/providers';
import { StepFunctions } from './stepfunctions/stepfunctions';
import { Sts } from './sts/sts';
import { ScaledClock } from '../../local-healthlake/src/clock';
import type { HealthLakeOptions } from '../../local-healthlake/src/healthlake/options';
import { HealthLakeService } from '../../local-healthlake/src/healthlake-service';
import { Router } from '../../local-healthlake/src/http/router';
import { Kms } from '../../local-healthlake/src/kms/kms';
import { S3 } from '../../local-healthlake/src/s3/s3';

/** Environment variables that hide the user's AWS configuration files. The settings in these files could send a command to a real account. */
export const NO_AWS_FILES = { AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' } as const;

export interface LocalAwsOptions {
  /** The factor by which the clock of the local AWS runs faster than real time; by default 1. */
  readonly timeScale?: number;
  readonly accountId?: string;
  readonly region?: string;
  /** The TCP port of the HTTP endpoint; by default any free port. */
  readonly port?: number;
  /** The command of the Python interpreter that runs Python functions; by default `python3`. It needs boto3. */
  readonly python?: string;
  readonly iam?: IamOptions;
  readonly healthlake?: HealthLakeOptions;
  readonly cloudformation?: CloudFormationOptions;
}

/** A local AWS: emulated services in memory behind one HTTP endpoint, bootstrapped for the CDK. */
export class LocalAws {
  /** Starts a local AWS. Call `stop()` when done. */
  public static async start(options: LocalAwsOptions = {}): Promise<LocalAws> {
    const aws = new LocalAws(options);
    aws.port = await aws.router.listen(options.port);
    return aws;
  }

  public readonly accountId: string;
  public readonly region: string;
  /** The access key of the local AWS's administrator. */
  public readonly credentials = ADMIN_CREDENTIALS;
  public readonly clock: ScaledClock;
  public readonly iam: Iam;
  public readonly kms: Kms;
  public readonly s3: S3;
  public readonly ssm: Ssm;
  public readonly sts: Sts;
  public readonly logs: Logs;
  public readonly lambda: Lambda;
  public readonly states: StepFunctions;
  public readonly sns: Sns;
  public readonly events: Events;
  public readonly scheduler: Scheduler;
  public readonly cloudwatch: CloudWatch;
  public readonly healthlake: HealthLakeService;
  public readonly cloudformation: CloudFormation;
  public readonly router: Router;
  private readonly environment: Environment;
  private port = 0;

  private constructor(options: LocalAwsOptions) {
    const { timeScale = 1, accountId = '123456789012', region = 'us-east-1' } = options;
    this.clock = new ScaledClock(timeScale);
    const environment = { clock: this.clock, timeScale, partition: 'aws', region, accountId, endpoint: () => this.endpoint };
    this.environment = environment;
    this.accountId = accountId;
    this.region = region;
    this.iam = new Iam(environment, options.iam);
    this.kms = new Kms(environment, this.iam);
    this.s3 = new S3(environment, this.iam, this.kms);
    this.ssm = new Ssm(environment, this.iam);
    this.sts = new Sts(this.iam);
    this.logs = new Logs(environment);
    this.lambda = new Lambda(environment, this.iam, this.logs, async (bucket, key) => this.s3.getObject(this.iam.admin, bucket, key), options.python);
    this.states = new StepFunctions(environment, this.iam, this.lambda, this.logs);
    this.sns = new Sns(environment, this.iam, this.kms);
    this.events = new Events(environment, this.iam, this.lambda, this.sns);
    this.scheduler = new Scheduler(environment, this.iam, this.lambda, this.states);
    this.cloudwatch = new CloudWatch(environment, this.sns);
    this.logs.onWrite = (message) => this.cloudwatch.takeLogLine(message);
    this.states.onStart = (execution) => this.cloudwatch.countExecution(execution);
    this.healthlake = new HealthLakeService(environment, this.iam, this.kms, options.healthlake);
    emitJobEvents(environment, this.healthlake.healthLake, (event) => this.events.emit(event));
    this.cloudformation = this.createCloudFormation(options.cloudformation);
    this.s3.createBucket(bootstrapBucketName(environment));
    this.router = new Router(this.iam, this.clock);
    this.registerServices();
  }

  public get endpoint(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /**
   * Returns the environment variables with which the unmodified CDK CLI, AWS CLI and SDKs call this local AWS as its administrator.
   * @param home the home directory of these programs. It must have no `.cdk.json` and no `.aws`, because such settings could send a command to a real
   *   account. Two local AWSs must not share it: the CDK CLI caches account ids in it by access key, and every local AWS has the same access key.
   */
  public cliEnvironment(home: string): Record<string, string> {
    const { region, credentials } = this;
    return {
      AWS_ENDPOINT_URL: this.endpoint,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_EC2_METADATA_DISABLED: 'true',
      ...NO_AWS_FILES,
      HOME: home,
      CDK_HOME: home,
      CDK_DISABLE_CLI_TELEMETRY: 'true',
      CDK_DISABLE_VERSION_CHECK: '1',
    };
  }

  /** Stops the local AWS: ends all running operations, child processes, timers and connections. */
  public async stop(): Promise<void> {
    await this.router.close();
    await this.cloudformation.close();
    await this.cloudwatch.close();
    await this.scheduler.close();
    await this.states.close();
    await this.events.close();
    await this.lambda.close();
    await this.healthlake.close();
    this.clock.close();
  }

  private createCloudFormation(options: CloudFormationOptions | undefined): CloudFormation {
    const { iam, s3, ssm, lambda } = this;
    return new CloudFormation({
      environment: this.environment,
      authorizer: iam,
      functions: lambda,
      providers: this.resourceProviders(),
      readObject: async (caller, bucket, key) => (await s3.getObject(caller, bucket, key)).toString('utf8'),
      readParameter: async (caller, name) => {
        await ssm.authorize(caller, 'ssm:GetParameters', name);
        const parameter = ssm.get(name);
        if (!parameter) {
          throw new ServiceError('ValidationError', `Unable to fetch parameters [${name}] from parameter store for this account.`);
        }
        return parameter.value;
      },
      assumeExecutionRole: async (roleArn) =>
        (await iam.assumeRole({ service: 'cloudformation.amazonaws.com' }, roleArn, { 'sts:RoleSessionName': 'AWSCloudFormation' })).caller,
    }, options);
  }

  private resourceProviders(): ResourceProviders {
    const { environment, iam, logs, clock } = this;
    return {
      ...iamProviders(iam),
      ...kmsProviders(this.kms),
      ...s3Providers(this.s3),
      ...ssmProviders(this.ssm),
      ...logsProviders(environment, iam, logs),
      ...lambdaProviders(this.lambda),
      ...stepFunctionsProviders(this.states, environment, iam, logs),
      ...snsProviders(this.sns),
      ...eventsProviders(this.events, iam),
      ...schedulerProviders(this.scheduler, iam),
      ...cloudWatchProviders(this.cloudwatch, iam),
      ...healthLakeProviders(this.healthlake.healthLake, clock),
    };
  }

  private registerServices(): void {
    const { router, kms, s3, ssm, sts, lambda, states, sns, events, healthlake } = this;
    const logs = new LogsWire(this.environment, this.iam, this.logs);
    const cloudformation = new CloudFormationWire(this.cloudformation);
    const services = { kms, s3, ssm, sts, logs, lambda, states, sns, events, healthlake, cloudformation };
    for (const [name, service] of Object.entries(services)) {
      router.register(name, service);
    }
    router.registerUnsigned(RESPONSE_PATH, this.cloudformation.customResources);
  }
}
