import type { Access } from './access';
import { addSubscription } from './subscription-provider';
import type { Topic, Topics } from './topics';
import type { ResourceDelete, ResourceProvider, ResourceRequest, ResourceResult, ResourceUpdate } from '../contract';
import { physicalName } from '../physical-name';

interface TopicProperties {
  readonly TopicName?: string;
  readonly DisplayName?: string;
  readonly FifoTopic?: boolean | string;
  readonly KmsMasterKeyId?: string;
  readonly Subscription?: readonly { readonly Protocol: string; readonly Endpoint: string }[];
}

const MAX_NAME_LENGTH = 256;

/** Plays AWS::SNS::Topic. */
export class TopicProvider implements ResourceProvider {
  public constructor(private readonly topics: Topics, private readonly access: Access) {}

  public async create(request: ResourceRequest): Promise<ResourceResult> {
    const { TopicName, FifoTopic, Subscription = [] } = request.properties as TopicProperties;
    const name = TopicName ?? physicalName(request.stackName, request.logicalId, MAX_NAME_LENGTH);
    if (String(FifoTopic ?? false) === 'true') {
      throw new Error(`FIFO topic ${name} isn't played here, use a standard topic`);
    }
    if (!/^[\w-]{1,256}$/.test(name)) {
      throw new Error(`Invalid parameter: Topic Name ${name}`);
    }
    await this.access.onAccount(request.caller, 'sns:CreateTopic', this.topics.arn(name));
    const topic = this.topics.create(name);
    set(topic, request.properties);
    for (const { Protocol, Endpoint } of Subscription) {
      addSubscription(topic, Protocol, Endpoint);
    }
    return result(topic);
  }

  public async update(request: ResourceUpdate): Promise<ResourceResult> {
    const { TopicName, Subscription } = request.properties as TopicProperties;
    const old = request.oldProperties as TopicProperties;
    if (TopicName !== old.TopicName) {
      return this.create(request);
    }
    const topic = this.topics.get(request.physicalId);
    await this.access.onTopic(request, 'sns:SetTopicAttributes', topic);
    set(topic, request.properties);
    if (JSON.stringify(Subscription) !== JSON.stringify(old.Subscription)) {
      for (const { arn, protocol, endpoint } of topic.subscriptions.values()) {
        if (old.Subscription?.some(({ Protocol, Endpoint }) => Protocol === protocol && Endpoint === endpoint)) {
          topic.subscriptions.delete(arn);
        }
      }
      for (const { Protocol, Endpoint } of Subscription ?? []) {
        addSubscription(topic, Protocol, Endpoint);
      }
    }
    return result(topic);
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

function set(topic: Topic, { DisplayName, KmsMasterKeyId }: TopicProperties): void {
  topic.displayName = DisplayName ?? '';
  topic.kmsKeyId = KmsMasterKeyId;
}

function result({ arn, name }: Topic): ResourceResult {
  return { physicalId: arn, attributes: { TopicArn: arn, TopicName: name } };
}
