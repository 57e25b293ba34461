import type { PublishedMessage } from './message';
import type { Subscription } from './topics';

/** What a function gets that is subscribed to a topic. Nothing is signed here. */
export function subscriptionEvent(subscription: Subscription, { messageId, topicArn, subject, message, time }: PublishedMessage): unknown {
  return {
    Records: [{
      EventSource: 'aws:sns',
      EventVersion: '1.0',
      EventSubscriptionArn: subscription.arn,
      Sns: {
        Type: 'Notification',
        MessageId: messageId,
        TopicArn: topicArn,
        Subject: subject ?? null,
        Message: message,
        Timestamp: new Date(time).toISOString(),
        MessageAttributes: {},
      },
    }],
  };
}
