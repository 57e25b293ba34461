import type { Sns } from './sns';
import { SubscriptionProvider } from './subscription-provider';
import { TopicPolicyProvider } from './topic-policy-provider';
import { TopicProvider } from './topic-provider';
import type { ResourceProviders } from '../contract';

/** The providers of SNS's resources. */
export function snsProviders({ topics, access }: Sns): ResourceProviders {
  return {
    'AWS::SNS::Topic': new TopicProvider(topics, access),
    'AWS::SNS::TopicPolicy': new TopicPolicyProvider(topics, access),
    'AWS::SNS::Subscription': new SubscriptionProvider(topics, access),
  };
}
