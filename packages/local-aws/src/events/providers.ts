import { EventBusPolicyProvider } from './event-bus-policy-provider';
import { EventBusProvider } from './event-bus-provider';
import type { Events } from './events';
import { RuleProvider } from './rule-provider';
import type { Authorizer, ResourceProviders } from '../contract';

/** The providers of EventBridge's resources. */
export function eventsProviders({ buses }: Events, authorizer: Authorizer): ResourceProviders {
  return {
    'AWS::Events::EventBus': new EventBusProvider(buses, authorizer),
    'AWS::Events::EventBusPolicy': new EventBusPolicyProvider(buses, authorizer),
    'AWS::Events::Rule': new RuleProvider(buses, authorizer),
  };
}
