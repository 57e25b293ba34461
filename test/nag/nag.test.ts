import { Stack } from 'aws-cdk-lib';
import { AwsSolutionsChecks, HIPAASecurityChecks } from 'cdk-nag';
import { AWS_SOLUTIONS, type Finding, HIPAA_SECURITY, type SetUp } from './findings';
import { SET_UPS } from './set-ups';
import { FEATURE_FLAGS, newApp } from '../support/synth';

const PACKS: [string, typeof AwsSolutionsChecks | typeof HIPAASecurityChecks, Finding[]][] = [
  ['AwsSolutions', AwsSolutionsChecks, AWS_SOLUTIONS],
  ['HIPAA.Security', HIPAASecurityChecks, HIPAA_SECURITY],
];

/** Returns each finding as a rule and a construct path. Replaces the logical id of the log group, because the id depends on the set-up. */
function findings(setUp: SetUp, Pack: typeof AwsSolutionsChecks | typeof HIPAASecurityChecks, flags: Record<string, unknown>): string[] {
  const app = newApp(flags);
  const stack = new Stack(app, 'Stack');
  SET_UPS[setUp](stack, new Stack(app, 'Surroundings'));
  return new Pack(app).validateScope(app).violations
    .flatMap(({ ruleName, violatingResources }) => (violatingResources ?? []).map((resource) => {
      const rule = ruleName.replace(/log-group:<\w+>/, 'log-group:<LogGroup>');
      return `${rule} at ${('constructPath' in resource && resource.constructPath) || JSON.stringify(resource)}`;
    }))
    .filter((finding) => !finding.includes(' at Surroundings/'))
    .sort();
}

describe.each(FEATURE_FLAGS)('an app %s', (_, flags) => {
  describe.each(Object.keys(SET_UPS) as SetUp[])('the %s set-up', (setUp) => {
    test.each(PACKS)('has only the accepted findings of %s', (__, Pack, listed) => {
      const expected = listed.filter(({ setUps }) => setUps.includes(setUp))
        .flatMap(({ rule, where }) => where.map((path) => `${rule} at Stack/${path}/Resource`));

      expect(findings(setUp, Pack, flags)).toEqual(expected.sort());
    });
  });
});
