import { ServiceError, type Environment } from '../contract';

export interface Topic {
  readonly arn: string;
  readonly name: string;
  /** The id, ARN or alias of the KMS key that encrypts the topic's messages. */
  kmsKeyId?: string;
  policy: unknown;
}

/** The actions that the default policy of a topic allows to the account that owns the topic. */
const DEFAULT_ACTIONS = [
  'GetTopicAttributes', 'SetTopicAttributes', 'AddPermission', 'RemovePermission', 'DeleteTopic', 'Subscribe', 'ListSubscriptionsByTopic', 'Publish',
].map((action) => `SNS:${action}`);

/** The topics of the account in one region. */
export class Topics {
  private readonly topics = new Map<string, Topic>();

  public constructor(private readonly environment: Environment) {}

  public create(name: string): Topic {
    const arn = this.arn(name);
    if (this.topics.has(arn)) {
      throw new ServiceError('InvalidParameter', `Invalid parameter: Topic ${name} already exists`);
    }
    const topic: Topic = { arn, name, policy: this.defaultPolicy(arn) };
    this.topics.set(arn, topic);
    return topic;
  }

  public find(arn: string): Topic | undefined {
    return this.topics.get(arn);
  }

  public get(arn: string): Topic {
    const topic = this.find(arn);
    if (!topic) {
      throw new ServiceError('NotFound', 'Topic does not exist', 404);
    }
    return topic;
  }

  public delete(arn: string): void {
    this.topics.delete(arn);
  }

  public arn(name: string): string {
    const { partition, region, accountId } = this.environment;
    return `arn:${partition}:sns:${region}:${accountId}:${name}`;
  }

  /** Returns the default policy, which a topic has if no AWS::SNS::TopicPolicy replaces it. */
  public defaultPolicy(topicArn: string): unknown {
    return {
      Version: '2008-10-17',
      Id: '__default_policy_ID',
      Statement: [{
        Sid: 'DefaultStatement',
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: DEFAULT_ACTIONS,
        Resource: topicArn,
        Condition: { StringEquals: { 'AWS:SourceOwner': this.environment.accountId } },
      }],
    };
  }
}
