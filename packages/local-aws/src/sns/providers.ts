import { randomUUID } from 'node:crypto';
import type { Access } from './access';
import type { Sns } from './sns';
import type { Topic, Topics } from './topics';
import {
  physicalName, replacing, type ResourceDelete, type ResourceProvider, type ResourceProviders, type ResourceRequest, type ResourceResult,
  type ResourceUpdate,
} from '../contract';
import { checkResourcePolicy } from '../iam/policies/policy-checks';

/** Returns the resource providers of SNS, by resource type. */
export function snsProviders({ topics, access }: Sns): ResourceProviders {
  return {
    'AWS::SNS::Topic': replacing(['TopicName'], new TopicProvider(topics, access)),
    'AWS::SNS::TopicPolicy': new TopicPolicyProvider(topics, access),
    'AWS::SNS::Subscription': replacing(['TopicArn', 'Protocol', 'Endpoint'], new SubscriptionProvider(topics, access)),
  };
}

interface TopicProperties {
  readonly TopicName?: string;
  readonly FifoTopic?: boolean | string;
  readonly KmsMasterKeyId?: string;
  readonly Subscription?: readonly unknown[];
}

const MAX_NAME_LENGTH = 256;

/** Emulates AWS::SNS::Topic. */
class TopicProvider implements ResourceProvider {
  public constructor(private readonly topics: Topics, private readonly access: Access) {}

  public async create(request: ResourceRequest): Promise<ResourceResult> {
    const properties = request.properties as TopicProperties;
    const name = properties.TopicName ?? physicalName(request.stackName, request.logicalId, MAX_NAME_LENGTH);
    checkTopic(name, properties);
    await this.access.onAccount(request.caller, 'sns:CreateTopic', this.topics.arn(name));
    const topic = this.topics.create(name);
    topic.kmsKeyId = properties.KmsMasterKeyId;
    return topicResult(topic);
  }

  public async update(request: ResourceUpdate): Promise<ResourceResult> {
    const properties = request.properties as TopicProperties;
    const topic = this.topics.get(request.physicalId);
    checkTopic(topic.name, properties);
    await this.access.onTopic(request, 'sns:SetTopicAttributes', topic);
    topic.kmsKeyId = properties.KmsMasterKeyId;
    return topicResult(topic);
  }

  public async delete({ physicalId, caller }: ResourceDelete): Promise<void> {
    const topic = this.topics.find(physicalId);
    if (!topic) {
      return;
    }
    await this.access.onTopic({ caller }, 'sns:DeleteTopic', topic);
    this.topics.delete(physicalId);
  }
}

function checkTopic(name: string, { FifoTopic, Subscription = [] }: TopicProperties): void {
  if (String(FifoTopic ?? false) === 'true') {
    throw new Error(`FIFO topic ${name} isn't emulated, use a standard topic`);
  }
  if (Subscription.length > 0) {
    throw new Error(`the property Subscription of topic ${name} isn't emulated, use AWS::SNS::Subscription`);
  }
  if (!/^[\w-]{1,256}$/.test(name)) {
    throw new Error(`Invalid parameter: Topic Name ${name}`);
  }
}

function topicResult({ arn, name }: Topic): ResourceResult {
  return { physicalId: arn, attributes: { TopicArn: arn, TopicName: name } };
}

interface TopicPolicyProperties {
  readonly Topics: readonly string[];
  readonly PolicyDocument: unknown;
}

/** Emulates AWS::SNS::TopicPolicy, which replaces the default policy of its topics. */
class TopicPolicyProvider implements ResourceProvider {
  public constructor(private readonly topics: Topics, private readonly access: Access) {}

  public async create(request: ResourceRequest): Promise<ResourceResult> {
    await this.put(request);
    return { physicalId: physicalName(request.stackName, request.logicalId, MAX_NAME_LENGTH) };
  }

  public async update(request: ResourceUpdate): Promise<ResourceResult> {
    const { physicalId, properties, oldProperties, caller } = request;
    await this.put(request);
    const kept = (properties as TopicPolicyProperties).Topics;
    await this.reset(caller, (oldProperties as TopicPolicyProperties).Topics.filter((arn) => !kept.includes(arn)));
    return { physicalId };
  }

  public async delete({ properties, caller }: ResourceDelete): Promise<void> {
    await this.reset(caller, (properties as TopicPolicyProperties).Topics);
  }

  private async put({ properties, caller }: ResourceRequest): Promise<void> {
    const { Topics: arns, PolicyDocument } = properties as TopicPolicyProperties;
    await checkResourcePolicy(PolicyDocument);
    for (const arn of arns) {
      const topic = this.topics.get(arn);
      await this.access.onTopic({ caller }, 'sns:SetTopicAttributes', topic);
      topic.policy = PolicyDocument;
    }
  }

  private async reset(caller: ResourceRequest['caller'], arns: readonly string[]): Promise<void> {
    for (const topic of arns.flatMap((arn) => this.topics.find(arn) ?? [])) {
      await this.access.onTopic({ caller }, 'sns:SetTopicAttributes', topic);
      topic.policy = this.topics.defaultPolicy(topic.arn);
    }
  }
}

interface SubscriptionProperties {
  readonly TopicArn: string;
  readonly Protocol: string;
  readonly Endpoint: string;
}

/** Emulates AWS::SNS::Subscription for email and SMS. The local AWS sends no email or SMS. */
class SubscriptionProvider implements ResourceProvider {
  public constructor(private readonly topics: Topics, private readonly access: Access) {}

  public async create({ properties, caller }: ResourceRequest): Promise<ResourceResult> {
    const { TopicArn, Protocol, Endpoint } = properties as SubscriptionProperties;
    if (!['email', 'email-json', 'sms'].includes(Protocol)) {
      throw new Error(`a subscription with the protocol ${Protocol} isn't emulated, use email, email-json or sms`);
    }
    const topic = this.topics.get(TopicArn);
    await this.access.onTopic({ caller, context: { 'sns:Protocol': Protocol, 'sns:Endpoint': Endpoint } }, 'sns:Subscribe', topic);
    return { physicalId: `${TopicArn}:${randomUUID()}` };
  }

  public async update({ physicalId }: ResourceUpdate): Promise<ResourceResult> {
    return { physicalId };
  }

  public async delete({ physicalId, caller }: ResourceDelete): Promise<void> {
    const topic = this.topics.find(physicalId.slice(0, physicalId.lastIndexOf(':')));
    if (topic) {
      await this.access.onTopic({ caller }, 'sns:Unsubscribe', topic);
    }
  }
}
