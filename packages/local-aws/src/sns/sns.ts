import { randomUUID } from 'node:crypto';
import { Access, type Publisher } from './access';
import { checkMessage, type Message, type PublishedMessage } from './message';
import { subscriptionEvent } from './subscription-event';
import { Topics, type Subscription, type Topic } from './topics';
import { queryParameters, queryResponse } from '../../../local-healthlake/src/http/query';
import type { Kms } from '../../../local-healthlake/src/kms/kms';
import { callerOf } from '../../../local-healthlake/src/service';
import {
  ServiceError, type Authorizer, type Caller, type Environment, type WireRequest, type WireResponse, type WireService,
} from '../contract';

export type { Publisher } from './access';
export type { Message, PublishedMessage } from './message';

const NAMESPACE = 'http://sns.amazonaws.com/doc/2010-03-31/';
const SERVICE = { arn: 'sns.amazonaws.com', principalArn: 'sns.amazonaws.com', accountId: '' };

/** Runs a function for SNS, with the condition keys that its resource policy may look at. */
export interface SubscribedFunctions {
  invokeEvent(caller: Caller, functionArn: string, payload: unknown, context?: Record<string, string>): Promise<void>;
}

/** A message that did not get to a subscriber. */
export interface UndeliveredMessage {
  readonly message: PublishedMessage;
  readonly subscription: Subscription;
  readonly reason: string;
}

/** Plays SNS: topics, who may publish to them, and subscriptions of Lambda functions. Other subscriptions get nothing. */
export class Sns implements WireService {
  public readonly topics: Topics;
  public readonly access: Access;
  public readonly undelivered: UndeliveredMessage[] = [];
  private readonly messages: PublishedMessage[] = [];

  public constructor(
    private readonly environment: Environment, authorizer: Authorizer, kms: Kms, private readonly functions: SubscribedFunctions,
  ) {
    this.topics = new Topics(environment);
    this.access = new Access(environment, authorizer, kms);
  }

  public async handle(request: WireRequest): Promise<WireResponse> {
    const parameters = queryParameters(request);
    if (parameters.get('Action') !== 'Publish') {
      throw new ServiceError('InvalidAction', `the local AWS does not play SNS ${parameters.get('Action')}`);
    }
    const topicArn = parameters.get('TopicArn') ?? parameters.get('TargetArn') ?? '';
    const message = { subject: parameters.get('Subject') ?? undefined, message: parameters.get('Message') ?? '' };
    const { messageId } = await this.publish({ caller: callerOf(request) }, topicArn, message);
    return queryResponse('Publish', NAMESPACE, { MessageId: messageId });
  }

  /** What a topic took, or all did, the oldest first. */
  public published(topicArn?: string): PublishedMessage[] {
    return this.messages.filter((message) => topicArn === undefined || message.topicArn === topicArn);
  }

  /** Takes a message and hands it to the subscribers, if the publisher may publish and use the topic's key. */
  public async publish(publisher: Publisher, topicArn: string, message: Message): Promise<PublishedMessage> {
    checkMessage(message);
    const topic = this.topics.find(topicArn);
    if (!topic) {
      // Only who may publish is told that there is no such topic.
      await this.access.onAccount(publisher.caller, 'sns:Publish', topicArn);
      throw new ServiceError('NotFound', 'Topic does not exist', 404);
    }
    await this.access.onTopic(publisher, 'sns:Publish', topic);
    await this.access.useKey(publisher, topic);
    const published = {
      ...message, messageId: randomUUID(), topicArn, time: Math.floor(this.environment.clock.now()), publisherArn: publisher.caller.arn,
    };
    this.messages.push(published);
    await this.deliver(topic, published);
    return published;
  }

  private async deliver(topic: Topic, message: PublishedMessage): Promise<void> {
    for (const subscription of topic.subscriptions.values()) {
      if (subscription.protocol !== 'lambda') {
        continue;
      }
      try {
        await this.functions.invokeEvent(SERVICE, subscription.endpoint, subscriptionEvent(subscription, message), {
          'aws:SourceArn': topic.arn, 'aws:SourceAccount': this.environment.accountId,
        });
      } catch (error) {
        this.undelivered.push({ message, subscription, reason: error instanceof Error ? error.message : String(error) });
      }
    }
  }
}
