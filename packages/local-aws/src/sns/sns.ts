import { randomUUID } from 'node:crypto';
import { Access, type Publisher } from './access';
import { checkMessage, type Message, type PublishedMessage } from './message';
import { Topics } from './topics';
import { queryParameters, queryResponse } from '../../../local-healthlake/src/http/query';
import type { Kms } from '../../../local-healthlake/src/kms/kms';
import { callerOf } from '../../../local-healthlake/src/service';
import { ServiceError, type Authorizer, type Environment, type WireRequest, type WireResponse, type WireService } from '../contract';

export type { Publisher } from './access';
export type { Message, PublishedMessage } from './message';

const NAMESPACE = 'http://sns.amazonaws.com/doc/2010-03-31/';

/** Emulates SNS: topics and their policies. Stores published messages but doesn't deliver them. */
export class Sns implements WireService {
  public readonly topics: Topics;
  public readonly access: Access;
  private readonly messages: PublishedMessage[] = [];

  public constructor(private readonly environment: Environment, authorizer: Authorizer, kms: Kms) {
    this.topics = new Topics(environment);
    this.access = new Access(environment, authorizer, kms);
  }

  public async handle(request: WireRequest): Promise<WireResponse> {
    const parameters = queryParameters(request);
    if (parameters.get('Action') !== 'Publish') {
      throw new ServiceError('InvalidAction', `SNS ${parameters.get('Action')} isn't emulated by the local AWS`);
    }
    const topicArn = parameters.get('TopicArn') ?? parameters.get('TargetArn') ?? '';
    const message = { subject: parameters.get('Subject') ?? undefined, message: parameters.get('Message') ?? '' };
    const { messageId } = await this.publish({ caller: callerOf(request) }, topicArn, message);
    return queryResponse('Publish', NAMESPACE, { MessageId: messageId });
  }

  /** Returns the messages published to one topic or to all topics, the oldest first. */
  public published(topicArn?: string): PublishedMessage[] {
    return this.messages.filter((message) => topicArn === undefined || message.topicArn === topicArn);
  }

  /** Publishes a message. Rejects if the publisher may not publish to the topic or use its KMS key. */
  public async publish(publisher: Publisher, topicArn: string, message: Message): Promise<PublishedMessage> {
    checkMessage(message);
    const topic = this.topics.find(topicArn);
    if (!topic) {
      // If the caller has no permission to publish, the error is AuthorizationError instead of NotFound.
      await this.access.onAccount(publisher.caller, 'sns:Publish', topicArn);
      throw new ServiceError('NotFound', 'Topic does not exist', 404);
    }
    await this.access.onTopic(publisher, 'sns:Publish', topic);
    await this.access.useKey(publisher, topic);
    const published = {
      ...message, messageId: randomUUID(), topicArn, time: Math.floor(this.environment.clock.now()), publisherArn: publisher.caller.arn,
    };
    this.messages.push(published);
    return published;
  }
}
