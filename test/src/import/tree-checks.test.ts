import { Annotations as Scope, type App, CfnResource, NestedStack, RemovalPolicy, Stack, Stage } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { CfnFHIRDatastore } from 'aws-cdk-lib/aws-healthlake';
import { Construct } from 'constructs';
import { Completion, type FhirImport, type FhirImportProps, FhirSource } from '../../../src';
import { ACCOUNT, datastoreOf, importInto as minimalImport, newApp, newStack, templateOf } from '../../support/synth';

const [NOT_RETAINED, REGION_UNKNOWN, NO_ORDER, SHARED_QUEUE] = ['datastore-not-retained', 'region', 'no-order', 'shared-queue'].map((id) => `cdk-healthlake-import:${id}`);

/** Creates an import with a data set of its own. */
function importInto(stack: Stack, props: Partial<FhirImportProps> = {}, id = 'Import'): FhirImport {
  return minimalImport(stack, { source: FhirSource.storage(id), ...props }, id);
}

/** Synthesizes the stack and returns the warnings of this library. aws-cdk-lib adds others. */
function findWarnings(stack: Stack): { path: string; text: string; acknowledge: string }[] {
  return Annotations.fromStack(stack).findWarning('*', Match.anyValue()).flatMap(({ id, entry }) => {
    const [, text, acknowledge] = /^(.*) \[ack: (cdk-healthlake-import:.*)\]$/.exec(entry.data as string) ?? [];
    return text ? [{ path: id, text, acknowledge }] : [];
  });
}

function warningsOf(stack: Stack): string[] {
  return findWarnings(stack).map(({ path, text }) => `${path}: ${text}`);
}

function acknowledgeHints(stack: Stack): string[] {
  return findWarnings(stack).map(({ acknowledge }) => acknowledge);
}

describe('a data store of the app', () => {
  function datastoreWith(policies?: (datastore: CfnFHIRDatastore) => void): Stack {
    const stack = newStack();
    const datastore = new CfnFHIRDatastore(stack, 'Own', { datastoreTypeVersion: 'R4' });
    importInto(stack, { datastore });
    policies?.(datastore); // after the import, because the complete tree counts
    return stack;
  }

  test('gets a warning without a removal policy', () => {
    expect(warningsOf(datastoreWith())).toEqual([
      '/Stack/Import: the data store "Stack/Own" is deleted with its data if the stack is deleted or the data store replaced; '
      + 'call applyRemovalPolicy(RemovalPolicy.RETAIN) on it',
    ]);
  });

  test.each([
    ['destroyed', (datastore: CfnFHIRDatastore) => datastore.applyRemovalPolicy(RemovalPolicy.DESTROY)],
    ['retained on deletion only', (datastore: CfnFHIRDatastore) => datastore.applyRemovalPolicy(RemovalPolicy.RETAIN, { applyToUpdateReplacePolicy: false })],
  ])('gets a warning if it is %s', (_, policies) => {
    expect(warningsOf(datastoreWith(policies))).toHaveLength(1);
  });

  test.each([RemovalPolicy.RETAIN, RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE])('gets no warning with the removal policy %s', (policy) => {
    expect(warningsOf(datastoreWith((datastore) => datastore.applyRemovalPolicy(policy)))).toEqual([]);
  });

  test('gets no warning if it is imported', () => {
    const stack = newStack();
    importInto(stack);

    expect(warningsOf(stack)).toEqual([]);
  });

  test('gets a warning as the default child of a construct of the user', () => {
    const stack = newStack();
    const parent = new Construct(stack, 'Level2');
    const own = new CfnFHIRDatastore(parent, 'Resource', { datastoreTypeVersion: 'R4' });
    importInto(stack, { datastore: Object.assign(parent, { fhirDatastoreRef: own.fhirDatastoreRef, env: own.env }) });

    expect(warningsOf(stack)).toEqual([expect.stringContaining('the data store "Stack/Level2" is deleted with its data')]);
  });

  test('may be acknowledged', () => {
    const stack = datastoreWith();
    Scope.of(stack).acknowledgeWarning(NOT_RETAINED);

    expect(warningsOf(stack)).toEqual([]);
    expect(acknowledgeHints(datastoreWith())).toEqual([NOT_RETAINED]);
  });
});

describe('a Region', () => {
  const inRegion = (region: string, prepare = (_: Stack): void => {}) => {
    const stack = newStack({}, { region, account: ACCOUNT });
    prepare(stack);
    importInto(stack);
    return stack;
  };

  test('gets a warning without HealthLake', () => {
    expect(warningsOf(inRegion('eu-central-1'))).toEqual([
      expect.stringMatching(/^\/Stack\/Import: AWS HealthLake is not known to be in eu-central-1; the Regions known to this version are us-east-1, /),
    ]);
    expect(acknowledgeHints(inRegion('eu-central-1'))).toEqual([REGION_UNKNOWN]);
  });

  test.each(['us-east-1', 'us-west-2', 'eu-west-2', 'ap-south-1'])('gets no warning with HealthLake: %s', (region) => {
    expect(warningsOf(inRegion(region))).toEqual([]);
  });

  test('gets no warning as a token', () => {
    const stack = newStack();
    importInto(stack);

    expect(warningsOf(stack)).toEqual([]);
  });

  test('gets no warning if it is acknowledged, before or after the import', () => {
    const after = inRegion('eu-central-1');
    Scope.of(after).acknowledgeWarning(REGION_UNKNOWN);

    expect(warningsOf(inRegion('eu-central-1', (stack) => Scope.of(stack).acknowledgeWarning(REGION_UNKNOWN)))).toEqual([]);
    expect(warningsOf(after)).toEqual([]);
  });
});

describe('several imports into one data store', () => {
  test('get one warning for each import that is not ordered with all before it', () => {
    const stack = newStack();
    ['First', 'Second', 'Third'].forEach((id) => importInto(stack, {}, id));

    expect(warningsOf(stack)).toEqual([
      '/Stack/Second: the imports "Stack/Second" and "Stack/First" go into one data store without an order between them; '
      + 'HealthLake runs one at a time and the time-out of each includes its wait, so order them with executeAfter()',
      expect.stringMatching(/^\/Stack\/Third: the imports "Stack\/Third" and "Stack\/First" go into one data store/),
    ]);
    expect(acknowledgeHints(stack)).toEqual([NO_ORDER, NO_ORDER]);
  });

  test('may be acknowledged', () => {
    const stack = newStack();
    ['First', 'Second'].forEach((id) => importInto(stack, {}, id));
    Scope.of(stack).acknowledgeWarning(NO_ORDER);

    expect(warningsOf(stack)).toEqual([]);
  });

  test.each<[string, (first: ReturnType<typeof importInto>, second: ReturnType<typeof importInto>) => void]>([
    ['executeAfter', (first, second) => second.executeAfter(first)],
    ['executeAfter, against the order in the code', (first, second) => first.executeAfter(second)],
    ['executeBefore', (first, second) => first.executeBefore(second)],
    ['addDependency', (first, second) => second.node.addDependency(first)],
    ['executeAfter by way of another construct', (first, second) => {
      const between = new CfnResource(Stack.of(first), 'Between', { type: 'Custom::Thing' });
      first.executeBefore(between);
      second.executeAfter(between);
    }],
  ])('get no warning if they are ordered with %s', (_, order) => {
    const stack = newStack();
    order(importInto(stack, {}, 'First'), importInto(stack, {}, 'Second'));

    expect(warningsOf(stack)).toEqual([]);
  });

  test('get no warning if three are in a chain', () => {
    const stack = newStack();
    const [first, second, third] = ['First', 'Second', 'Third'].map((id) => importInto(stack, {}, id));
    third.executeAfter(second);
    second.executeAfter(first);

    expect(warningsOf(stack)).toEqual([]);
  });

  test('get a warning for a third import beside a chain of two', () => {
    const stack = newStack();
    const [first, second] = ['First', 'Second', 'Third'].map((id) => importInto(stack, {}, id));
    second.executeAfter(first);

    expect(warningsOf(stack)).toEqual([expect.stringContaining('the imports "Stack/Third" and "Stack/First"')]);
  });

  test('get a warning if one depends on the start of the other and not on its end', () => {
    const stack = newStack();
    const [first, second] = ['First', 'Second'].map((id) => importInto(stack, {}, id));
    second.executeAfter(first.node.findChild('Job') as Construct);

    expect(warningsOf(stack)).toHaveLength(1);
  });

  test('throw without an order for one data set, unless the revisions differ', () => {
    const importsInto = (stack: Stack, revision?: string) => {
      const datastore = datastoreOf(stack);
      const [first, second] = ['First', 'Second'].map((id) =>
        minimalImport(stack, { datastore, source: FhirSource.storage('in'), revision: id === 'Second' ? revision : undefined }, id));
      return { first, second };
    };
    const [unordered, ordered, revised] = [newStack(), newStack(), newStack()];
    importsInto(unordered);
    const { first, second } = importsInto(ordered);
    second.executeAfter(first);
    importsInto(revised, '2');

    expect(() => templateOf(unordered)).toThrow('"Stack/Second" imports the same data set into the same data store as "Stack/First"; remove one');
    expect(() => templateOf(ordered)).not.toThrow();
    expect(() => templateOf(revised)).not.toThrow();
  });

  describe('in two stacks', () => {
    function twoStacks(order: (first: Stack, second: Stack) => void): string[] {
      const first = newStack();
      const second = new Stack(first.node.root, 'Second');
      order(first, second);
      return first.node.root.node.children.filter(Stack.isStack).flatMap(warningsOf);
    }

    test('get a warning, also if each stack imports the data store', () => {
      const warning = [expect.stringContaining('the imports "Second/Import" and "Stack/Import" go into one data store')];

      expect(twoStacks((first, second) => {
        [first, second].forEach((stack) => importInto(stack));
      })).toEqual(warning);
      expect(twoStacks((first, second) => {
        const datastore = new CfnFHIRDatastore(first, 'Own', { datastoreTypeVersion: 'R4' });
        datastore.applyRemovalPolicy(RemovalPolicy.RETAIN);
        importInto(new Stack(first.node.root, 'Between'), { datastore, source: FhirSource.storage() });
        importInto(second, { datastore });
      })).toEqual([expect.stringContaining('the imports "Second/Import" and "Between/Import"')]);
    });

    test('get no warning if one stack depends on the other', () => {
      expect(twoStacks((first, second) => {
        [first, second].forEach((stack) => importInto(stack));
        second.addDependency(first);
      })).toEqual([]);
    });

    test('get no warning if one import comes after the other', () => {
      expect(twoStacks((first, second) => {
        const [one, other] = [first, second].map((stack) => importInto(stack));
        other.executeAfter(one);
      })).toEqual([]);
    });

    test('get no warning in different Regions, because one id names two data stores there', () => {
      expect(twoStacks((first) => {
        ['us-east-1', 'us-west-2'].forEach((region) => importInto(new Stack(first.node.root, region, { env: { region, account: ACCOUNT } })));
      })).toEqual([]);
    });
  });
});

describe('imports into different data stores', () => {
  /** Creates an import into a data store of its own. */
  function importIntoOwn(stack: Stack, id: string, props: Partial<FhirImportProps> = {}): FhirImport {
    const datastore = CfnFHIRDatastore.fromDatastoreId(stack, `${id}Datastore`, Buffer.from(id.padEnd(16)).toString('hex'));
    return importInto(stack, { datastore, ...props }, id);
  }

  test('get a warning without an order, because they wait for each other', () => {
    const stack = newStack();
    ['First', 'Second', 'Third'].forEach((id) => importIntoOwn(stack, id));

    expect(warningsOf(stack)).toEqual([
      '/Stack/Second: the imports "Stack/Second" and "Stack/First" go into two data stores without an order between them; '
      + 'HealthLake probably runs one import at a time in an account and Region and the time-out of each includes its wait, '
      + 'so order them with executeAfter(), or give them time-outs that are long enough for both',
      expect.stringMatching(/^\/Stack\/Third: the imports "Stack\/Third" and "Stack\/First" go into two data stores/),
    ]);
    expect(acknowledgeHints(stack)).toEqual([SHARED_QUEUE, SHARED_QUEUE]);
  });

  test('get no warning if it is acknowledged, but still those about one data store', () => {
    const stack = newStack();
    ['First', 'Second'].forEach((id) => importIntoOwn(stack, id));
    importInto(stack, { datastore: stack.node.findChild('FirstDatastore') as FhirImportProps['datastore'] }, 'Third');
    Scope.of(stack).acknowledgeWarning(SHARED_QUEUE);

    expect(acknowledgeHints(stack)).toEqual([NO_ORDER]);
  });

  test('get no warning if they are ordered', () => {
    const stack = newStack();
    const [first, second, third] = ['First', 'Second', 'Third'].map((id) => importIntoOwn(stack, id));
    second.executeAfter(first);
    third.executeAfter(second);

    expect(warningsOf(stack)).toEqual([]);
  });

  test('get a warning if the deployment waits for one of them', () => {
    const warningsWith = (...completions: Completion[]) => {
      const stack = newStack();
      completions.forEach((completion, n) => importIntoOwn(stack, `Import${n}`, { completion }));
      return acknowledgeHints(stack);
    };

    expect(warningsWith(Completion.detached(), Completion.waitFor())).toEqual([SHARED_QUEUE]);
    expect(warningsWith(Completion.detached(), Completion.detached())).toEqual([]);
  });

  const [here, there] = ['us-east-1', 'us-west-2'].map((region) => ({ region, account: ACCOUNT }));
  test.each<[string, number, (app: App) => [Stack, Stack]]>([
    ['no environment is known', 1, (app) => [new Stack(app, 'A'), new Stack(app, 'B')]],
    ['they share one environment', 1, (app) => [new Stack(app, 'A', { env: here }), new Stack(app, 'B', { env: here })]],
    ['they share one stage', 1, (app) => {
      const stage = new Stage(app, 'Stage');
      return [new Stack(stage, 'A'), new Stack(stage, 'B')];
    }],
    ['the Regions differ', 0, (app) => [new Stack(app, 'A', { env: here }), new Stack(app, 'B', { env: there })]],
    ['only one environment is known', 0, (app) => [new Stack(app, 'A', { env: here }), new Stack(app, 'B')]],
    ['the stages differ, which cannot depend on each other', 0, (app) =>
      [new Stack(new Stage(app, 'Beta', { env: here }), 'A'), new Stack(new Stage(app, 'Prod', { env: here }), 'B')]],
  ])('in two stacks, if %s, get %d warnings', (_, count, stacksOf) => {
    const stacks = stacksOf(newApp());
    stacks.forEach((stack, n) => importIntoOwn(stack, `Import${n}`));

    expect(stacks.flatMap(acknowledgeHints)).toEqual(Array(count).fill(SHARED_QUEUE));
  });

  test.each<[string, (stack: Stack) => [Stack, Stack]]>([
    ['after one of the stack around it', (stack) => [stack, new NestedStack(stack, 'Nested')]],
    ['before one of the stack around it', (stack) => [new NestedStack(stack, 'Nested'), stack]],
    ['after one of a nested stack beside it', (stack) => [new NestedStack(stack, 'Nested'), new NestedStack(stack, 'Beside')]],
    ['after one of another stack', (stack) => [new NestedStack(stack, 'Nested'), new NestedStack(new Stack(stack.node.root, 'Other'), 'Nested')]],
  ])('in a nested stack can be ordered %s', (_, stacksOf) => {
    const hintsOf = (isOrdered: boolean) => {
      const [earlier, later] = stacksOf(newStack());
      const [first, second] = [importIntoOwn(earlier, 'First'), importIntoOwn(later, 'Second')];
      if (isOrdered) {
        second.executeAfter(first);
      }
      return acknowledgeHints(later.nestedStackParent ?? later);
    };

    expect([hintsOf(true), hintsOf(false)]).toEqual([[], [SHARED_QUEUE]]);
  });
});
