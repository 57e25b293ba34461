import { actionsOf, type Case, may, mayAssume } from '../support/access';
import { Deployed } from '../support/deployed';
import { datastores, monitorIn } from '../support/jobs';
import { ACCOUNT, FEATURE_FLAGS, newStack, REGION, templateOf } from '../support/synth';

const datastoreArn = (digit: string) => `arn:aws:healthlake:${REGION}:${ACCOUNT}:datastore/fhir/${digit.repeat(32)}`;
const GROUP = `arn:aws:scheduler:${REGION}:${ACCOUNT}:schedule-group/default`;

function deploy(flags: Record<string, unknown>): Deployed {
  const stack = newStack(flags);
  monitorIn(stack, { datastores: datastores(stack, 2) }).addDashboard();
  return new Deployed(templateOf(stack));
}

describe.each(FEATURE_FLAGS)('in an app %s', (_, flags) => {
  const deployed = deploy(flags);
  const logStream = `${deployed.arnOf('AWS::Logs::LogGroup')}:log-stream:2026/11/27/[$LATEST]1`;

  describe.each([['the function that lists the jobs', /^JobsRole/], ['the function of the dashboard', /^JobsDashboardRole/]])('the role of %s', (__, id) => {
    const role = deployed.roleId(id);

    test.each<Case>([
      ['list imports', 'healthlake:ListFHIRImportJobs', datastoreArn('0')],
      ['list exports', 'healthlake:ListFHIRExportJobs', datastoreArn('1')],
      ['describe an import', 'healthlake:DescribeFHIRImportJob', datastoreArn('1')],
      ['write its log', 'logs:PutLogEvents', logStream],
    ])('may %s', async (___, action, resource) => {
      expect(await may(deployed, role, action, resource)).toBe(true);
    });

    test.each<Case>([
      ['list imports of another data store', 'healthlake:ListFHIRImportJobs', datastoreArn('2')],
      ['list imports in another Region', 'healthlake:ListFHIRImportJobs', datastoreArn('0').replace(REGION, 'eu-west-1')],
      ['describe an export', 'healthlake:DescribeFHIRExportJob', datastoreArn('0')],
      ['start an import', 'healthlake:StartFHIRImportJob', datastoreArn('0')],
      ['read a resource', 'healthlake:ReadResource', datastoreArn('0')],
      ['write another log', 'logs:PutLogEvents', logStream.replace('log-group:', 'log-group:other-')],
    ])('may not %s', async (___, action, resource) => {
      expect(await may(deployed, role, action, resource)).toBe(false);
    });

    test('may perform only the listed actions', () => {
      expect(actionsOf(deployed, role)).toEqual([
        'healthlake:DescribeFHIRImportJob', 'healthlake:ListFHIRExportJobs', 'healthlake:ListFHIRImportJobs', 'logs:CreateLogStream',
        'logs:PutLogEvents',
      ]);
    });
  });

  describe('the role of the schedule', () => {
    const role = deployed.roleId(/^JobsScheduleRole/);

    test('may invoke only the function that lists the jobs', async () => {
      expect(actionsOf(deployed, role)).toEqual(['lambda:InvokeFunction']);
      expect(await may(deployed, role, 'lambda:InvokeFunction', deployed.arnOf('AWS::Lambda::Function', /^JobsFunction/))).toBe(true);
      expect(await may(deployed, role, 'lambda:InvokeFunction', deployed.arnOf('AWS::Lambda::Function', /^JobsDashboard/))).toBe(false);
    });

    test.each([
      ['can be assumed by EventBridge Scheduler for the default schedule group of the account', 'scheduler.amazonaws.com', GROUP, ACCOUNT, true],
      ['cannot be assumed for another account', 'scheduler.amazonaws.com', GROUP, '444455556666', false],
      ['cannot be assumed for another schedule group', 'scheduler.amazonaws.com', GROUP.replace('default', 'other'), ACCOUNT, false],
      ['cannot be assumed by Lambda', 'lambda.amazonaws.com', GROUP, ACCOUNT, false],
    ])('%s', async (__, service, arn, account, isAllowed) => {
      expect(await mayAssume(deployed, role, service, { 'aws:SourceArn': arn, 'aws:SourceAccount': account })).toBe(isAllowed);
    });
  });
});
