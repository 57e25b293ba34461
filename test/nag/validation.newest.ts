import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import type { SetUp } from './findings';
import { SET_UPS } from './set-ups';
import { FEATURE_FLAGS, newApp } from '../support/synth';

// `npm run test:newest` switches the validation off for the other tests, because it takes most of the time of a synth.
delete process.env.CDK_VALIDATION;

/** The fields that the test reads from the report of the validation. */
interface ValidationReport {
  readonly pluginReports: readonly { readonly violations: readonly { readonly ruleName: string; readonly description: string }[] }[];
}

describe.each(FEATURE_FLAGS)('an app %s', (_, flags) => {
  test.each(Object.keys(SET_UPS) as SetUp[])('the templates of the %s set-up have no finding of the validation of aws-cdk-lib', (setUp) => {
    const app = newApp(flags);
    const stack = new Stack(app, 'Stack');
    SET_UPS[setUp](stack, stack);
    const file = join(app.synth().directory, 'validation-report.json');

    expect(existsSync(file)).toBe(true);
    expect((JSON.parse(readFileSync(file, 'utf8')) as ValidationReport).pluginReports.flatMap(({ violations }) => violations)).toEqual([]);
  });
});
