import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type App, CfnResource, Stack } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ModuleKind, ScriptTarget, transpile } from 'typescript';
import * as library from '../../src';
import { ALL, AWS_SOLUTIONS, type Finding, HIPAA_SECURITY, type SetUp } from '../nag/findings';
import { SET_UPS } from '../nag/set-ups';
import { FEATURE_FLAGS, newApp, resourcesOfType, type TemplateJson, templateOf } from '../support/synth';

const NAMES = Object.keys(SET_UPS) as SetUp[];
const PAGE = readFileSync(join(__dirname, '../../docs/compliance.md'), 'utf8');

/** The sections of the page, by their headings. A heading is the name of a tool. */
const SECTIONS = new Map(PAGE.split(/^## /m).slice(1).map((section) => [section.split('\n')[0], section]));

const snippetOf = (tool: string) => /```ts\n(.*?)```/s.exec(SECTIONS.get(tool) ?? '')?.[1] ?? '';
const linesOf = (tool: string) => (SECTIONS.get(tool) ?? '').split('\n').filter((line) => line.startsWith('| `'));

/** Returns the rows of a table whose second column names a resource type and, if there is one, the property that its resources don't have. */
function rowsOf(tool: string) {
  return linesOf(tool).map((line) => {
    const [id, resources, setUps] = line.slice(2).split(' | ').map((cell) => cell.replaceAll('`', ''));
    const [type, missing] = resources.split(' without ');
    return { id, type, missing, setUps: setUps === 'all' ? ALL : NAMES.filter((name) => setUps.split(', ').includes(name)) };
  });
}

/** Returns the rows that the page's table must have for the accepted findings. Findings that differ only in their rule share a row. */
function tableOf(findings: Finding[]): string[] {
  const rows = new Map<string, string[]>();
  for (const { rule, where, setUps, reason } of findings) {
    const shownRule = rule.replace(/<\w+?(InputBucket|OutputBucket|isComplete|onTimeout)\w+\.Arn>/, '<$1>').replace(/[0-9a-f]{32}-FHIR_(IM|EX)PORT-\?{32}/, '<job>');
    const shownPaths = where.map((path) => `\`${path.slice(path.indexOf('/') + 1)}\``).join(', ');
    const rest = `${shownPaths} | ${setUps === ALL ? 'all' : setUps.join(', ')} | ${reason}`;
    rows.set(rest, [...rows.get(rest) ?? [], `\`${shownRule}\``]);
  }
  return [...rows].map(([rest, rules]) => `| ${rules.join(', ')} | ${rest} |`);
}

/** Runs snippets of the page as one module, as if they stood at the end of the user's app. */
function run(snippets: string[], app: App): void {
  const code = transpile(snippets.join('\n'), { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022 });
  const load = (name: string): unknown => name === 'cdk-healthlake-import' ? library : jest.requireActual(name);
  new Function('require', 'exports', 'app', code)(load, {}, app);
}

function create(setUp: SetUp, flags: Record<string, unknown> = {}): { readonly app: App; readonly stack: Stack } {
  const app = newApp(flags);
  const stack = new Stack(app, 'Stack');
  SET_UPS[setUp](stack, new Stack(app, 'Surroundings'));
  return { app, stack };
}

/** Synthesizes the app, and returns the message of the error that it throws. The message has the findings in all stacks. */
function errorOf(app: App): string {
  try {
    app.synth();
    return '';
  } catch (error) {
    return String(error);
  }
}

const TEMPLATES = Object.fromEntries(NAMES.map((setUp) => [setUp, templateOf(create(setUp).stack)])) as Record<SetUp, TemplateJson>;

describe('the section about cdk-nag', () => {
  test('has a table with exactly the accepted findings', () => {
    expect(linesOf('cdk-nag')).toEqual(tableOf([...AWS_SOLUTIONS, ...HIPAA_SECURITY]));
  });

  describe.each(FEATURE_FLAGS)('has a snippet that, in an app %s,', (_, flags) => {
    test.each(NAMES)('leaves no finding in the %s set-up', (setUp) => {
      const { app } = create(setUp, flags);
      run([snippetOf('cdk-nag')], app);

      expect(errorOf(app)).not.toContain('"Stack/');
    });
  });

  test('has a snippet that fails the synthesis for a bucket of the user', () => {
    const { app, stack } = create('default');
    new s3.Bucket(stack, 'Own');
    run([snippetOf('cdk-nag')], app);

    expect(errorOf(app)).toContain('AwsSolutions-S1: [{"constructPath":"Stack/Own/Resource"');
  });
});

describe.each(['checkov', 'Control Tower'])('the table about %s', (tool) => {
  test.each(rowsOf(tool).filter(({ missing }) => missing))('names for $id the set-ups that have a resource without the property', ({ type, missing, setUps }) => {
    expect(NAMES.filter((setUp) => resourcesOfType(TEMPLATES[setUp], type).some(({ Properties }) => !(missing in Properties)))).toEqual(setUps);
  });

  test.each(rowsOf(tool).filter(({ missing }) => !missing))('names for $id a resource type that exists in the set-ups', ({ type, setUps }) => {
    expect(setUps.filter((setUp) => resourcesOfType(TEMPLATES[setUp], type).length === 0)).toEqual([]);
  });
});

test('the snippet for checkov skips exactly the checks of its table', () => {
  const { app, stack } = create('detached');
  run([snippetOf('cdk-nag'), snippetOf('checkov')], app);

  const skipped = Object.values(stack.node.findAll()).flatMap((construct) => CfnResource.isCfnResource(construct)
    ? (construct.getMetadata('checkov')?.skip ?? []).map(({ id }: { id: string }) => `${construct.cfnResourceType} ${id}`)
    : []);
  expect([...new Set(skipped)].sort()).toEqual(rowsOf('checkov').map(({ id, type }) => `${type} ${id}`).sort());
});

test('the snippet for Control Tower leaves out exactly the rules of its table', () => {
  const rules = [...snippetOf('Control Tower').matchAll(/'(ct-[a-z0-9-]+)'/g)].map(([, rule]) => rule);

  expect(rules).toEqual(rowsOf('Control Tower').map(({ id }) => id.toLowerCase().replaceAll('.', '-')));
});
