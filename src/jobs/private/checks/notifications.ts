import { Token } from 'aws-cdk-lib';
import type * as events from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import { validateArn } from '../../../private/checks/arn';
import { validateEnvironment } from '../../../private/checks/environment';
import { validateEventPattern } from '../../../private/job-events';
import type { Kind } from '../kind';

/** Matches the name of an event bus: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateEventBus.html */
const BUS_NAME = /^[/.\-_A-Za-z0-9]{1,256}$/;

/**
 * Throws if the event bus is known to have an invalid name, if its ARN is not the ARN of an event bus, or if it is known to be in another Region. PutEvents sends
 * no events to another Region.
 */
export function validateBus(scope: Construct, { noun }: Kind, eventBus: events.IEventBus): void {
  const { eventBusName: name } = eventBus;
  if (!Token.isUnresolved(name) && !BUS_NAME.test(name)) {
    throw new Error(`eventBus "${eventBus.node.path}" must have a name of 1 to 256 letters, digits and /.-_, got "${name}"; `
      + 'correct the name, or leave eventBus out');
  }
  validateArn(scope, 'eventBus', eventBus.eventBusArn, 'an event bus');
  validateEnvironment(scope, `the ${noun}`, {
    what: 'eventBus',
    construct: eventBus,
    env: eventBus.env,
    remedy: () => `the ${noun} can send events only within its Region, so give a bus of that Region, or leave eventBus out`,
  }, ['region']);
}

/**
 * Throws if the event bus of a rule is known to be in another account. CloudFormation would create the rule in the account of its stack, on the event bus with
 * the same name there.
 */
export function validateBusAccount(scope: Construct, { noun }: Kind, eventBus: events.IEventBus): void {
  validateEnvironment(scope, `the ${noun}`, {
    what: 'eventBus',
    construct: eventBus,
    env: eventBus.env,
    remedy: () => `a rule or notification of the ${noun} would receive no event, so create the rule in the account of the bus, or leave eventBus out`,
  }, ['account']);
}

/** The members of the detail by which a rule finds the events of its construct. */
const OWN_DETAIL = ['constructPath', 'datastoreId'];

/** Throws if `eventPattern` has a field that identifies the construct, or if `crossStackScope` is given, because it would have no effect. */
export function validateRuleOptions({ noun }: Kind, id: string, { eventPattern, crossStackScope }: events.OnEventOptions): void {
  validateEventPattern(id, eventPattern, OWN_DETAIL, `the ${noun}`);
  if (crossStackScope) {
    throw new Error(`the rule "${id}" can't have the crossStackScope "${crossStackScope.node.path}", because the job waits for the rule; `
      + 'leave crossStackScope out, or create the rule in the other stack yourself');
  }
}
