import { CloudFormationClient, CreateStackCommand, DeleteStackCommand, DescribeStackEventsCommand, UpdateStackCommand } from '@aws-sdk/client-cloudformation';
import { ACCOUNT, allow, policy, startSession, trust } from './foundation';
import { callJson, callQuery } from './signed-request';
import { LocalAws, type LocalAwsOptions } from '../src/aws';
import type { Stack } from '../src/cloudformation/stacks/stack';
import type { AssumedRole, Environment } from '../src/contract';

export { ACCOUNT };
export const REGION = 'us-east-1';

/** A local AWS with one stack, `S`. */
export class LocalStack {
  public static async start(options: LocalAwsOptions = {}): Promise<LocalStack> {
    return new LocalStack(await LocalAws.start({ timeScale: 1000, ...options }));
  }

  public readonly environment: Pick<Environment, 'endpoint' | 'region'>;
  private readonly client: CloudFormationClient;

  private constructor(public readonly aws: LocalAws) {
    this.environment = { endpoint: () => aws.endpoint, region: aws.region };
    this.client = new CloudFormationClient({ endpoint: aws.endpoint, region: aws.region, credentials: aws.credentials, maxAttempts: 1 });
  }

  public async stop(): Promise<void> {
    this.client.destroy();
    await this.aws.stop();
  }

  /** Creates or updates the stack. Returns the final status of the stack. */
  public async deploy(resources: object): Promise<string> {
    const input = { StackName: 'S', TemplateBody: JSON.stringify({ Resources: resources }), Capabilities: ['CAPABILITY_NAMED_IAM' as const] };
    await this.client.send(this.stack ? new UpdateStackCommand(input) : new CreateStackCommand(input));
    return (await this.aws.cloudformation.settled('S')).status;
  }

  public async destroy(): Promise<string> {
    const { stack } = this;
    await this.client.send(new DeleteStackCommand({ StackName: 'S' }));
    await this.aws.cloudformation.settled(stack!.id);
    return stack!.status;
  }

  public physicalId(logicalId: string): string {
    return this.stack!.resources.get(logicalId)!.physicalId!;
  }

  /** Returns the reasons of all failed resources. */
  public async failures(): Promise<(string | undefined)[]> {
    const { StackEvents = [] } = await this.client.send(new DescribeStackEventsCommand({ StackName: 'S' }));
    return StackEvents.filter((event) => event.ResourceStatus?.endsWith('_FAILED')).map((event) => event.ResourceStatusReason);
  }

  /** Starts a session of a new role with these statements. */
  public async session(name: string, ...statements: object[]): Promise<AssumedRole> {
    return startSession(this.aws.iam, name, statements);
  }

  public async putEvents(entries: unknown[], by?: AssumedRole) {
    const { status, body } = await callJson(this, 'events', 'AWSEvents.PutEvents', { Entries: entries }, by?.credentials);
    return { status, body: body as { FailedEntryCount: number; Entries: object[]; __type?: string; message?: string } };
  }

  public async publish(topicArn: string, message: { Message?: string; Subject?: string }, by?: AssumedRole) {
    const { status, body } = await callQuery(this, 'sns', { Action: 'Publish', Version: '2010-03-31', TopicArn: topicArn, Message: 'text', ...message }, by?.credentials);
    return { status, body };
  }

  private get stack(): Stack | undefined {
    return this.aws.cloudformation.stacks.find('S');
  }
}

/** Returns the template resources of a function that logs its events, and of its role. */
export function loggingFunction(logicalId: string): Record<string, object> {
  return {
    [`${logicalId}Role`]: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: policy(trust({ Service: 'lambda.amazonaws.com' })),
        Policies: [{ PolicyName: 'logs', PolicyDocument: policy(allow('logs:*', '*')) }],
      },
    },
    [logicalId]: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        Timeout: 900,
        Role: { 'Fn::GetAtt': [`${logicalId}Role`, 'Arn'] },
        Code: { ZipFile: 'exports.handler = async event => { process.stdout.write(JSON.stringify(event) + "\\n"); };' },
        LoggingConfig: { LogGroup: logicalId },
      },
    },
  };
}
