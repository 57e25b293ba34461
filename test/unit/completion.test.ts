import { Duration } from 'aws-cdk-lib';
import { Completion, FhirImportProps } from '../../src';
import { importInto, newStack, numberParameter, onlyResource, ResourceJson, templateOf } from '../support/synth';

function outcomeWith(completion?: FhirImportProps['completion']): ResourceJson {
  const stack = newStack();
  importInto(stack, { completion });
  return onlyResource(templateOf(stack), 'Custom::FhirImportOutcome');
}

test('without a time-out the deployment waits 50 minutes', () => {
  expect(outcomeWith().Properties.TimeoutSeconds).toBe('3000');
  expect(outcomeWith(Completion.waitFor()).Properties.TimeoutSeconds).toBe('3000');
});

test.each([
  [Duration.minutes(1), '60', '360'],
  [Duration.seconds(61), '61', '361'],
  [Duration.minutes(50), '3000', '3300'],
  [Duration.millis(90_000), '90', '390'],
])('a time-out of %s is sent in seconds, and CloudFormation waits five minutes longer', (timeout, seconds, serviceTimeout) => {
  const { Properties } = outcomeWith(Completion.waitFor({ timeout }));

  expect(Properties.TimeoutSeconds).toBe(seconds);
  expect(Properties.ServiceTimeout).toBe(serviceTimeout);
});

test.each([
  [Duration.seconds(0), 'the timeout of an import must be between 1 and 50 minutes, got'],
  [Duration.seconds(59), 'the timeout of an import must be between 1 and 50 minutes, got 59 seconds; give it a minute at least'],
  [Duration.seconds(3001), 'the timeout of an import must be between 1 and 50 minutes, got 50 minutes 1 second; split'],
  [Duration.hours(1), 'the timeout of an import must be between 1 and 50 minutes, got 1 hour; split'],
  [Duration.millis(60_500), 'the timeout of an import must be in whole seconds, got 60500 milliseconds; round it up'],
])('a time-out of %s is refused', (timeout, message) => {
  expect(() => Completion.waitFor({ timeout })).toThrow(new RegExp(`^${message}`));
});

test('a time-out that is known at deployment only is passed on, without a bound for CloudFormation', () => {
  const stack = newStack();
  importInto(stack, { completion: Completion.waitFor({ timeout: Duration.seconds(numberParameter(stack)) }) });
  const { Properties } = onlyResource(templateOf(stack), 'Custom::FhirImportOutcome');

  expect(Properties.TimeoutSeconds).toEqual({ Ref: 'Number' });
  expect(Properties).not.toHaveProperty('ServiceTimeout');
});
