import { randomUUID } from 'node:crypto';
import type { Access } from './access';
import type { Subscription, Topic, Topics } from './topics';
import type { ResourceDelete, ResourceProvider, ResourceRequest, ResourceResult, ResourceUpdate } from '../contract';

interface SubscriptionProperties {
  readonly TopicArn: string;
  readonly Protocol: string;
  readonly Endpoint: string;
}

/** Plays AWS::SNS::Subscription. Every subscription counts as confirmed. */
export class SubscriptionProvider implements ResourceProvider {
  public constructor(private readonly topics: Topics, private readonly access: Access) {}

  public async create({ properties, caller }: ResourceRequest): Promise<ResourceResult> {
    const { TopicArn, Protocol, Endpoint } = properties as SubscriptionProperties;
    const topic = this.topics.get(TopicArn);
    await this.access.onTopic({ caller, context: { 'sns:Protocol': Protocol, 'sns:Endpoint': Endpoint } }, 'sns:Subscribe', topic);
    return { physicalId: addSubscription(topic, Protocol, Endpoint).arn };
  }

  /** Topic, protocol and endpoint are what a subscription is: a change of one makes another. */
  public async update(request: ResourceUpdate): Promise<ResourceResult> {
    const { properties, oldProperties, physicalId } = request;
    const isSame = (['TopicArn', 'Protocol', 'Endpoint'] as const).every((name) => properties[name] === oldProperties[name]);
    return isSame ? { physicalId } : this.create(request);
  }

  public async delete({ physicalId, caller }: ResourceDelete): Promise<void> {
    const topic = this.topics.find(physicalId.slice(0, physicalId.lastIndexOf(':')));
    if (!topic) {
      return;
    }
    await this.access.onTopic({ caller }, 'sns:Unsubscribe', topic);
    topic.subscriptions.delete(physicalId);
  }
}

/** Subscribes an endpoint; the same one is subscribed once. */
export function addSubscription(topic: Topic, protocol: string, endpoint: string): Subscription {
  const known = [...topic.subscriptions.values()].find((subscription) => subscription.protocol === protocol && subscription.endpoint === endpoint);
  const subscription = known ?? { arn: `${topic.arn}:${randomUUID()}`, protocol, endpoint };
  topic.subscriptions.set(subscription.arn, subscription);
  return subscription;
}
