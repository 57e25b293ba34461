import { CfnFHIRDatastore } from 'aws-cdk-lib/aws-healthlake';
import { ReplacementGuard } from '../../src/datastore/private/replacement-guard';
import { actionsOf, type Case, may, mayAssume } from '../support/access';
import { Deployed, STACK_ID } from '../support/deployed';
import { ACCOUNT, DATASTORE_ID, FEATURE_FLAGS, newStack, REGION, templateOf } from '../support/synth';

const DATASTORE = `arn:aws:healthlake:${REGION}:${ACCOUNT}:datastore/fhir/${DATASTORE_ID}`;

function deploy(flags: Record<string, unknown>): Deployed {
  const stack = newStack(flags);
  new ReplacementGuard(stack, 'Guard', { datastore: new CfnFHIRDatastore(stack, 'Datastore', { datastoreTypeVersion: 'R4' }), allowReplacement: false });
  return new Deployed(templateOf(stack));
}

describe.each(FEATURE_FLAGS)('the role of the replacement guard in an app %s', (_, flags) => {
  const deployed = deploy(flags);
  const role = deployed.roleId(/^GuardRole/);
  const logStream = `${deployed.arnOf('AWS::Logs::LogGroup')}:log-stream:2026/11/27/[$LATEST]1`;

  test.each<Case>([
    ['describe its own stack', 'cloudformation:DescribeStacks', STACK_ID],
    ['list the resources of its own stack', 'cloudformation:ListStackResources', STACK_ID],
    ['describe a data store of the Region', 'healthlake:DescribeFHIRDatastore', DATASTORE],
    ['write its log', 'logs:PutLogEvents', logStream],
  ])('may %s', async (__, action, resource) => {
    expect(await may(deployed, role, action, resource)).toBe(true);
  });

  test.each<Case>([
    ['list the resources of another stack', 'cloudformation:ListStackResources', STACK_ID.replace('stack/Stack', 'stack/Other')],
    ['describe a data store in another Region', 'healthlake:DescribeFHIRDatastore', DATASTORE.replace(REGION, 'eu-west-1')],
    ['describe a data store of another account', 'healthlake:DescribeFHIRDatastore', DATASTORE.replace(ACCOUNT, '444455556666')],
    ['write another log', 'logs:PutLogEvents', logStream.replace('log-group:', 'log-group:other-')],
  ])('may not %s', async (__, action, resource) => {
    expect(await may(deployed, role, action, resource)).toBe(false);
  });

  test('may perform only the listed actions', () => {
    expect(actionsOf(deployed, role)).toEqual([
      'cloudformation:DescribeStacks', 'cloudformation:ListStackResources', 'healthlake:DescribeFHIRDatastore', 'logs:CreateLogStream', 'logs:PutLogEvents',
    ]);
  });

  test('can be assumed by Lambda only', async () => {
    expect(await mayAssume(deployed, role, 'lambda.amazonaws.com')).toBe(true);
    expect(await mayAssume(deployed, role, 'healthlake.amazonaws.com')).toBe(false);
  });
});
