import {
  CloudFormationClient, CreateStackCommand, DeleteStackCommand, DescribeStackEventsCommand, DescribeStacksCommand, ListStackResourcesCommand,
  UpdateStackCommand, type Stack,
} from '@aws-sdk/client-cloudformation';
import { ScaledClock } from '../../../local-healthlake/src/clock';
import { Router } from '../../../local-healthlake/src/http/router';
import { CloudFormationWire } from '../../src/cloudformation/api/wire';
import { CloudFormation, RESPONSE_PATH, type CloudFormationOptions } from '../../src/cloudformation/cloudformation';
import type { Authorizer, Caller, Environment, ResourceDelete, ResourceProvider, ResourceRequest, ResourceResult, ResourceUpdate } from '../../src/contract';

export const ACCOUNT_ID = '123456789012';
export const REGION = 'us-east-1';
export const FUNCTION_ARN = `arn:aws:lambda:${REGION}:${ACCOUNT_ID}:function:handler`;

const ADMIN: Caller = { arn: `arn:aws:iam::${ACCOUNT_ID}:user/admin`, principalArn: `arn:aws:iam::${ACCOUNT_ID}:user/admin`, accountId: ACCOUNT_ID };

/** Resources by logical id. */
export type Resources = Record<string, Record<string, unknown>>;

/** A request to the function behind a custom resource. */
export interface CustomResourceEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceType: string;
  readonly ResourceProperties: Record<string, unknown>;
  readonly OldResourceProperties?: Record<string, unknown>;
}

/** A function's response: properties that differ from a successful response, a raw body, or undefined for no response. */
export type CustomAnswer = Record<string, unknown> | string | undefined;

/** Options of the harness. By default the clock runs in real time, and every request is authorized. */
export interface HarnessOptions {
  readonly timeScale?: number;
  readonly cloudformation?: CloudFormationOptions;
  readonly authorizer?: Authorizer;
}

/**
 * A CloudFormation emulator with its HTTP API. Besides custom resources, the only resource type is `Test::Thing`. A Thing is replaced if its property
 * `Key` changes. Its property `Fail` lists the operations that fail: create, update or delete.
 */
export class Harness {
  public static async start(options: HarnessOptions = {}): Promise<Harness> {
    const harness = new Harness(options);
    harness.port = await harness.router.listen();
    harness.client = new CloudFormationClient({
      endpoint: harness.endpoint, region: REGION, credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' }, maxAttempts: 1,
    });
    return harness;
  }

  /** The operations that Things have performed, such as `create A {"Key":"1"}`. */
  public readonly calls: string[] = [];
  /** The requests to the function behind custom resources, oldest first. */
  public readonly events: CustomResourceEvent[] = [];
  /** Promises by logical id. Each operation of a Thing waits for the promise of the Thing's logical id. */
  public readonly gates = new Map<string, Promise<void>>();
  /** The templates of nested stacks, by the S3 key in the TemplateURL. A promise delays the reading of its template. */
  public readonly templates = new Map<string, string | Promise<string>>();
  public readonly cloudFormation: CloudFormation;
  public readonly clock: ScaledClock;
  public client!: CloudFormationClient;
  private readonly router: Router;
  private port = 0;
  private count = 0;

  private constructor({ timeScale = 1, cloudformation, authorizer = { authorize: async () => Promise.resolve() } }: HarnessOptions) {
    this.clock = new ScaledClock(timeScale);
    const environment: Environment = {
      clock: this.clock, timeScale, partition: 'aws', region: REGION, accountId: ACCOUNT_ID, endpoint: () => this.endpoint,
    };
    this.cloudFormation = new CloudFormation({
      environment,
      authorizer,
      functions: { invokeEvent: async (_, functionArn, event) => this.invoke(functionArn, event as CustomResourceEvent) },
      providers: { 'Test::Thing': this.thing() },
      readObject: async (_, bucket, key) => Promise.resolve(this.templates.get(key) ?? Promise.reject(new Error(`no object ${bucket}/${key}`))),
      readParameter: async (_, name) => Promise.resolve(`value of ${name}`),
      assumeExecutionRole: async () => Promise.resolve(ADMIN),
    }, cloudformation);
    this.router = new Router({ callerOf: () => ADMIN }, this.clock);
    this.router.register('cloudformation', new CloudFormationWire(this.cloudFormation));
    this.router.registerUnsigned(RESPONSE_PATH, this.cloudFormation.customResources);
  }

  /** Returns the response to a request to the function behind custom resources. Tests may replace this function. */
  public answer: (event: CustomResourceEvent) => CustomAnswer | Promise<CustomAnswer> = () => ({});

  public get endpoint(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  public async stop(): Promise<void> {
    this.client.destroy();
    await this.router.close();
    await this.cloudFormation.close();
    this.clock.close();
  }

  /** Creates or updates the stack. Returns the final status of the stack. */
  public async deploy(
    resources: Resources, more: Record<string, unknown> = {}, settings: { name?: string; disableRollback?: boolean } = {},
  ): Promise<string> {
    const { name = 'S', disableRollback } = settings;
    await this.begin(resources, more, settings.name, disableRollback);
    return (await this.cloudFormation.settled(name)).status;
  }

  /** Starts to create or update the stack. */
  public async begin(resources: Resources, more: Record<string, unknown> = {}, name = 'S', disableRollback = false): Promise<void> {
    const input = { StackName: name, TemplateBody: JSON.stringify({ Resources: resources, ...more }), DisableRollback: disableRollback };
    await this.client.send(this.cloudFormation.stacks.find(name) ? new UpdateStackCommand(input) : new CreateStackCommand(input));
  }

  /** Deletes the stack. Returns the final status of the stack. */
  public async destroy(name = 'S'): Promise<string> {
    const { id } = this.cloudFormation.stacks.get(name);
    await this.client.send(new DeleteStackCommand({ StackName: name }));
    return (await this.cloudFormation.settled(id)).status;
  }

  public async stack(name = 'S'): Promise<Stack> {
    const { Stacks } = await this.client.send(new DescribeStacksCommand({ StackName: name }));
    return Stacks![0];
  }

  /** Returns the stack events, oldest first, such as `A CREATE_FAILED: reason`. */
  public async history(name = 'S'): Promise<string[]> {
    const { StackEvents = [] } = await this.client.send(new DescribeStackEventsCommand({ StackName: name }));
    return StackEvents.reverse().map((event) =>
      `${event.LogicalResourceId} ${event.ResourceStatus}${event.ResourceStatusReason ? `: ${event.ResourceStatusReason}` : ''}`);
  }

  /** Returns the physical ids of the existing resources by logical id. */
  public async physicalIds(): Promise<Record<string, string | undefined>> {
    const { StackResourceSummaries = [] } = await this.client.send(new ListStackResourcesCommand({ StackName: 'S' }));
    const present = StackResourceSummaries.filter(({ ResourceStatus }) => ResourceStatus !== 'DELETE_COMPLETE');
    return Object.fromEntries(present.map(({ LogicalResourceId, PhysicalResourceId }) => [LogicalResourceId, PhysicalResourceId]));
  }

  /** Makes the operations of a Thing wait. Returns a function that lets the operations continue. */
  public gate(logicalId: string): () => void {
    let open = (): void => undefined;
    this.gates.set(logicalId, new Promise<void>((resolve) => {
      open = resolve;
    }));
    return open;
  }

  /** Returns the operations of Things, and clears `calls`. */
  public takeCalls(): string[] {
    return this.calls.splice(0);
  }

  /** Sends a response to the ResponseURL of a request. Returns the HTTP status. */
  public async respond(event: CustomResourceEvent, answer: CustomAnswer): Promise<number> {
    const body = typeof answer === 'string' ? answer : JSON.stringify({
      Status: 'SUCCESS',
      PhysicalResourceId: event.PhysicalResourceId ?? `${event.LogicalResourceId}-id`,
      StackId: event.StackId,
      RequestId: event.RequestId,
      LogicalResourceId: event.LogicalResourceId,
      ...answer,
    });
    return (await fetch(this.endpoint + new URL(event.ResponseURL).pathname, { method: 'PUT', body })).status;
  }

  private async invoke(functionArn: string, event: CustomResourceEvent): Promise<void> {
    if (functionArn !== FUNCTION_ARN) {
      throw new Error(`Function not found: ${functionArn}`);
    }
    this.events.push(event);
    void Promise.resolve(this.answer(event)).then(async (answer) => answer && this.respond(event, answer));
    return Promise.resolve();
  }

  private thing(): ResourceProvider {
    const fail = (properties: Record<string, unknown>, operation: string): void => {
      if ((properties.Fail as string[] | undefined)?.includes(operation)) {
        throw new Error(`${operation} failed as asked`);
      }
    };
    const create = async ({ logicalId, properties }: ResourceRequest): Promise<ResourceResult> => {
      this.calls.push(`create ${logicalId} ${JSON.stringify(properties)}`);
      this.count += 1;
      const physicalId = `${logicalId}-${this.count}`;
      await this.gates.get(logicalId);
      fail(properties, 'create');
      return { physicalId, attributes: { Value: properties.Value ?? '' } };
    };
    return {
      create,
      update: async (request: ResourceUpdate) => {
        const { logicalId, physicalId, properties, oldProperties } = request;
        if (properties.Key !== oldProperties.Key) {
          return create(request);
        }
        this.calls.push(`update ${physicalId} ${JSON.stringify(properties)}`);
        await this.gates.get(logicalId);
        fail(properties, 'update');
        return { physicalId, attributes: { Value: properties.Value ?? '' } };
      },
      delete: async ({ physicalId, properties }: ResourceDelete) => {
        this.calls.push(`delete ${physicalId}`);
        fail(properties, 'delete');
        return Promise.resolve();
      },
    };
  }
}

/** Returns the template definition of a Thing. */
export function thing(properties: Record<string, unknown> = {}, attributes: Record<string, unknown> = {}): Record<string, unknown> {
  return { Type: 'Test::Thing', Properties: properties, ...attributes };
}

/** Returns the template definition of a nested stack whose template has this key in `Harness.templates`. */
export function nestedStack(key: string, parameters?: Record<string, unknown>, attributes: Record<string, unknown> = {}): Record<string, unknown> {
  const properties = { TemplateURL: `https://s3.${REGION}.amazonaws.com/templates/${key}`, Parameters: parameters };
  return { Type: 'AWS::CloudFormation::Stack', Properties: properties, ...attributes };
}

/** Returns the template definition of a custom resource. */
export function custom(properties: Record<string, unknown> = {}, attributes: Record<string, unknown> = {}): Record<string, unknown> {
  return { Type: 'Custom::Thing', Properties: { ServiceToken: FUNCTION_ARN, ...properties }, ...attributes };
}

export const ref = (name: string): object => ({ Ref: name });

export const attribute = (name: string, key: string): object => ({ 'Fn::GetAtt': [name, key] });
