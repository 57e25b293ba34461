import { LocalStack } from '../local-stack';

let local: LocalStack;

beforeEach(async () => {
  local = await LocalStack.start();
});
afterEach(() => local.stop());

const dashboard = (DashboardBody: string) => ({ Board: { Type: 'AWS::CloudWatch::Dashboard', Properties: { DashboardName: 'jobs', DashboardBody } } });

test('a dashboard has the body of its template until it is deleted', async () => {
  const { dashboards } = local.aws.cloudwatch;
  await local.deploy(dashboard('{"widgets":[]}'));
  expect(dashboards.get('jobs')).toEqual({ widgets: [] });
  await local.deploy(dashboard('{"widgets":[{}]}'));
  expect(dashboards.get('jobs')).toEqual({ widgets: [{}] });
  expect(await local.destroy()).toBe('DELETE_COMPLETE');
  expect(() => dashboards.get('jobs')).toThrow('there is no dashboard jobs');
});

test.each(['{"widgets":', '[]'])('a dashboard with the body %s is rejected', async (body) => {
  expect(await local.deploy(dashboard(body))).toBe('ROLLBACK_COMPLETE');
  expect(await local.failures()).toContain('The field DashboardBody must be a valid JSON object');
});
