import { Duration, RemovalPolicies } from 'aws-cdk-lib';
import { Completion } from '../../../src';
import {
  importInto, newStack, numberParameter, onlyResource, type ResourceJson, resourcesOfType, type TemplateJson, templateOf, templateWith,
} from '../../support/synth';

const WAIT = 'Custom::FhirImportWait';
const OUTCOME = 'Custom::FhirImportOutcome';

function waitingFor(timeout: Duration): TemplateJson {
  return templateWith({ completion: Completion.waitFor({ timeout }) });
}

/** Returns the wait and outcome resources with their logical ids, in the order in which they run. */
function waitersOf({ Resources }: TemplateJson): [string, ResourceJson][] {
  return Object.entries(Resources)
    .filter(([, { Type }]) => Type === WAIT || Type === OUTCOME)
    .sort(([, a], [, b]) => Number(a.Properties.LegsBefore ?? 0) - Number(b.Properties.LegsBefore ?? 0));
}

test('isDetached is true for Completion.detached() and false for Completion.waitFor()', () => {
  expect(Completion.waitFor().isDetached).toBe(false);
  expect(Completion.detached().isDetached).toBe(true);
});

test('the default time-out is 50 minutes', () => {
  for (const completion of [undefined, Completion.waitFor()]) {
    expect(onlyResource(templateWith({ completion }), OUTCOME).Properties.TimeoutSeconds).toBe('3000');
  }
});

test.each([
  [Duration.minutes(1), '60', '360'],
  [Duration.seconds(61), '61', '361'],
  [Duration.minutes(50), '3000', '3300'],
  [Duration.millis(90_000), '90', '390'],
])('a time-out of %s is written in seconds to the outcome, and the service time-out is five minutes longer', (timeout, seconds, serviceTimeout) => {
  const template = waitingFor(timeout);
  const { Properties } = onlyResource(template, OUTCOME);

  expect(Properties.TimeoutSeconds).toBe(seconds);
  expect(Properties.ServiceTimeout).toBe(serviceTimeout);
  expect(Properties).not.toHaveProperty('LegsBefore');
  expect(resourcesOfType(template, WAIT)).toEqual([]);
});

test.each([
  [Duration.seconds(0), 'the timeout of a job must be between 1 minute and 12 hours, got'],
  [Duration.seconds(59), 'the timeout of a job must be between 1 minute and 12 hours, got 59 seconds; give it a minute at least'],
  [Duration.seconds(43_201), 'the timeout of a job must be between 1 minute and 12 hours, got 12 hours 1 second; use Completion.detached'],
  [Duration.days(1), 'the timeout of a job must be between 1 minute and 12 hours, got 1 day; use'],
  [Duration.millis(60_500), 'the timeout of a job must be in whole seconds, got 60500 milliseconds; round it up'],
])('Completion.waitFor() throws for a time-out of %s', (timeout, message) => {
  expect(() => Completion.waitFor({ timeout })).toThrow(new RegExp(`^${message}`));
});

test('an import whose time-out is a token has no wait resources and no service time-out', () => {
  const template = templateWith((stack) => ({ completion: Completion.waitFor({ timeout: Duration.seconds(numberParameter(stack)) }) }));
  const { Properties } = onlyResource(template, OUTCOME);

  expect(Properties.TimeoutSeconds).toEqual({ Ref: 'Number' });
  expect(Properties).not.toHaveProperty('ServiceTimeout');
  expect(resourcesOfType(template, WAIT)).toEqual([]);
});

describe('a time-out of more than 50 minutes', () => {
  const LEG = 3000;

  test.each<[Duration, number[]]>([
    [Duration.seconds(3001), [1, LEG]],
    [Duration.minutes(51), [60, LEG]],
    [Duration.minutes(99), [49 * 60, LEG]],
    [Duration.minutes(100), [LEG, LEG]],
    [Duration.minutes(101), [LEG, 60, LEG]],
    [Duration.hours(3), [LEG, LEG, 30 * 60, LEG]],
    [Duration.hours(12), [...Array<number>(13).fill(LEG), 20 * 60, LEG]],
  ])('is divided among the wait resources and the outcome if it is %s', (timeout, shares) => {
    const waiters = waitersOf(waitingFor(timeout)).map(([, waiter]) => waiter);

    expect(waiters.map(({ Properties }) => Number(Properties.TimeoutSeconds))).toEqual(shares);
    expect(shares.reduce((a, b) => a + b)).toBe(timeout.toSeconds());
    expect(waiters.map(({ Properties }) => Number(Properties.ServiceTimeout))).toEqual(shares.map((share) => share + 300));
    expect(waiters.map(({ Type }) => Type)).toEqual([...Array<string>(shares.length - 1).fill(WAIT), OUTCOME]);
  });

  test('adds wait resources that run in sequence between the job and the outcome', () => {
    const template = waitingFor(Duration.minutes(120));
    const ids = waitersOf(template).map(([id]) => id);
    const role = onlyResource(template, 'AWS::IAM::Role', /OperatorRole/).logicalId;

    expect(ids).toEqual([expect.stringMatching(/^ImportWait1/), expect.stringMatching(/^ImportWait2/), expect.stringMatching(/^ImportOutcome/)]);
    expect(waitersOf(template).map(([, { DependsOn }]) => DependsOn)).toEqual([[role], [role, ids[0]], [role, ids[1]]]);
    expect(waitersOf(template).map(([, { Properties }]) => Properties.JobId))
      .toEqual(Array(3).fill({ 'Fn::GetAtt': [onlyResource(template, 'Custom::FhirImportJob').logicalId, 'JobId'] }));
  });

  test('adds retained wait resources, which have only the properties that a poll needs', () => {
    const template = waitingFor(Duration.minutes(130));
    const { Properties: outcome } = onlyResource(template, OUTCOME);
    const [one, two] = waitersOf(template).map(([, resource]) => resource);
    const { ServiceToken, ContractVersion, ConstructPath, DatastoreId, OperatorRoleArn, JobId } = outcome;
    const common = { ServiceToken, ContractVersion, ConstructPath, DatastoreId, OperatorRoleArn, JobId, ServiceTimeout: '3300', TimeoutSeconds: '3000' };

    expect(one.Properties).toEqual(common);
    expect(two.Properties).toEqual({ ...common, LegsBefore: '1', TimeoutSeconds: '1800', ServiceTimeout: '2100' });
    expect(outcome).toMatchObject({ LegsBefore: '2', TimeoutSeconds: '3000', ErrorTolerance: { Kind: 'NONE' } });
    for (const leg of [one, two]) {
      expect(leg).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    }
  });

  test('adds wait resources when it grows, and leaves the job and existing wait resources unchanged', () => {
    const [short, long, longest] = [50, 150, 720].map((minutes) => waitingFor(Duration.minutes(minutes)).Resources);
    const idsOf = (resources: TemplateJson['Resources'], type: string) => Object.keys(resources).filter((id) => resources[id].Type === type);
    const [one, two] = idsOf(long, WAIT);
    const [job] = idsOf(short, 'Custom::FhirImportJob');

    expect([longest[one], longest[two]]).toEqual([long[one], long[two]]);
    expect(idsOf(longest, WAIT)).toHaveLength(14);
    for (const resources of [short, long, longest]) {
      expect(idsOf(resources, OUTCOME)).toEqual(idsOf(short, OUTCOME));
      expect(resources[job]).toEqual(short[job]);
    }
  });

  test('adds wait resources to which RemovalPolicies.destroy() gives the deletion policy Delete', () => {
    const stack = newStack();
    importInto(stack, { completion: Completion.waitFor({ timeout: Duration.hours(2) }) });
    RemovalPolicies.of(stack).destroy();

    expect(resourcesOfType(templateOf(stack), WAIT).map(({ DeletionPolicy }) => DeletionPolicy)).toEqual(['Delete', 'Delete']);
  });
});
