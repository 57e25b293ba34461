import { Annotations as Scope, type App, CfnResource, NestedStack, RemovalPolicy, Stack, Stage } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { CfnFHIRDatastore } from 'aws-cdk-lib/aws-healthlake';
import { Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { Completion, type FhirImport, type FhirImportProps, FhirSource } from '../../../../src';
import { ACCOUNT, datastoreOf, importInto as minimalImport, newApp, newStack, templateOf } from '../../../support/synth';

const [NOT_RETAINED, REGION_UNKNOWN, NO_ORDER, OTHER_STAGE, SHARED_QUEUE] = ['datastore-not-retained', 'region', 'no-order', 'other-stage', 'shared-queue']
  .map((id) => `cdk-healthlake-import:${id}`);

/** Creates an import whose source prefix is its construct id, so that each import has a different data set. */
function importInto(stack: Stack, props: Partial<FhirImportProps> = {}, id = 'Import'): FhirImport {
  return minimalImport(stack, { source: FhirSource.storage(id), ...props }, id);
}

/** Synthesizes the stack and returns the warnings of this library, without those of aws-cdk-lib. */
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

describe('the data store of an import', () => {
  function datastoreWith(policies?: (datastore: CfnFHIRDatastore) => void): Stack {
    const stack = newStack();
    const datastore = new CfnFHIRDatastore(stack, 'Own', { datastoreTypeVersion: 'R4' });
    importInto(stack, { datastore });
    policies?.(datastore); // the check also sees a policy that is applied after the import is created
    return stack;
  }

  test('gets a warning if it has no removal policy', () => {
    expect(warningsOf(datastoreWith())).toEqual([
      '/Stack/Import: the data store "Stack/Own" is deleted with its data if the stack is deleted or the data store replaced; '
      + 'call applyRemovalPolicy(RemovalPolicy.RETAIN) on it',
    ]);
    expect(acknowledgeHints(datastoreWith())).toEqual([NOT_RETAINED]);
  });

  test.each([
    ['destroyed', (datastore: CfnFHIRDatastore) => datastore.applyRemovalPolicy(RemovalPolicy.DESTROY)],
    ['retained on deletion only', (datastore: CfnFHIRDatastore) => datastore.applyRemovalPolicy(RemovalPolicy.RETAIN, { applyToUpdateReplacePolicy: false })],
  ])('gets a warning if its removal policy says that it is %s', (_, policies) => {
    expect(warningsOf(datastoreWith(policies))).toHaveLength(1);
  });

  test.each([RemovalPolicy.RETAIN, RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE])('gets no warning with the removal policy %s', (policy) => {
    expect(warningsOf(datastoreWith((datastore) => datastore.applyRemovalPolicy(policy)))).toEqual([]);
  });

  test('gets a warning if it is the default child of another construct', () => {
    const stack = newStack();
    const parent = new Construct(stack, 'Level2');
    const own = new CfnFHIRDatastore(parent, 'Resource', { datastoreTypeVersion: 'R4' });
    importInto(stack, { datastore: Object.assign(parent, { fhirDatastoreRef: own.fhirDatastoreRef, env: own.env }) });

    expect(warningsOf(stack)).toEqual([expect.stringContaining('the data store "Stack/Level2" is deleted with its data')]);
  });
});

describe('the results of an import', () => {
  const [whole, results] = ['', 'results/'];
  test.each<[string, string, string, string]>([
    ['Second', 'First', 'in/', whole],
    ['First', 'Second', whole, 'in/'],
    ['Second', 'First', 'in/', results],
  ])('cause a warning if %s would import the results of %s', (reader, writer, ...prefixes) => {
    expect(warningsWith(prefixes)).toEqual([`/Stack/Second: the results of the import "Stack/${writer}" are inside the input of "Stack/${reader}", `
      + 'which would import them; give them different folders']);
  });

  test('cause no warning if they are in other folders', () => {
    expect(warningsWith(['in/', 'more/'])).toEqual([]);
  });

  /** Creates two imports from one bucket. An import writes its results into `results/` of the same bucket, unless they would be in its own input. */
  function warningsWith(prefixes: string[]): string[] {
    const stack = newStack();
    const [bucket, other] = ['Bucket', 'Other'].map((id) => new Bucket(stack, id, { encryption: BucketEncryption.KMS }));
    const imports = prefixes.map((prefix, n) => {
      const outputBucket = prefix === whole || prefix === results ? other : bucket;
      const storage = { inputBucket: bucket, outputBucket, outputKey: outputBucket.encryptionKey! };
      return importInto(stack, { source: FhirSource.bucket(bucket, prefix), storage, outputPrefix: results }, ['First', 'Second'][n]);
    });
    imports[1].executeAfter(imports[0]);
    return warningsOf(stack);
  }
});

describe('the Region of an import', () => {
  const inRegion = (region: string, prepare = (_: Stack): void => {}) => {
    const stack = newStack({}, { region, account: ACCOUNT });
    prepare(stack);
    importInto(stack);
    return stack;
  };

  test('gets a warning if the library does not know it as a HealthLake Region', () => {
    expect(warningsOf(inRegion('eu-central-1'))).toEqual([
      expect.stringMatching(/^\/Stack\/Import: AWS HealthLake is not known to be in eu-central-1; the Regions known to this version are us-east-1, /),
    ]);
    expect(acknowledgeHints(inRegion('eu-central-1'))).toEqual([REGION_UNKNOWN]);
  });

  test.each(['us-east-1', 'us-west-2', 'eu-west-2', 'ap-south-1'])('gets no warning if the library knows it as a HealthLake Region: %s', (region) => {
    expect(warningsOf(inRegion(region))).toEqual([]);
  });

  test('gets no warning if the Region is a token and the app does not create the data store', () => {
    const stack = newStack();
    importInto(stack);

    expect(warningsOf(stack)).toEqual([]);
  });

  test('gets no warning if the user acknowledges the warning before or after the import', () => {
    const after = inRegion('eu-central-1');
    Scope.of(after).acknowledgeWarning(REGION_UNKNOWN);

    expect(warningsOf(inRegion('eu-central-1', (stack) => Scope.of(stack).acknowledgeWarning(REGION_UNKNOWN)))).toEqual([]);
    expect(warningsOf(after)).toEqual([]);
  });
});

describe('several imports into one data store', () => {
  test('get a warning at every import except the first if the imports are not ordered', () => {
    const stack = newStack();
    ['First', 'Second', 'Third'].forEach((id) => importInto(stack, {}, id));

    expect(warningsOf(stack)).toEqual([
      '/Stack/Second: the imports "Stack/Second" and "Stack/First" go into one data store without an order between them; '
      + 'HealthLake runs one at a time and the time-out of each includes its wait, so order them with executeAfter()',
      expect.stringMatching(/^\/Stack\/Third: the imports "Stack\/Third" and "Stack\/First" go into one data store/),
    ]);
    expect(acknowledgeHints(stack)).toEqual([NO_ORDER, NO_ORDER]);
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
  ])('get no warning if the imports are ordered with %s', (_, order) => {
    const stack = newStack();
    order(importInto(stack, {}, 'First'), importInto(stack, {}, 'Second'));

    expect(warningsOf(stack)).toEqual([]);
  });

  test('get no warning if the second import refers to the job of the first import', () => {
    const stack = newStack();
    const first = importInto(stack, {}, 'First');
    importInto(stack, { revision: first.jobId }, 'Second');

    expect(warningsOf(stack)).toEqual([]);
  });

  test('get no warning if three imports are ordered in a chain', () => {
    const stack = newStack();
    const [first, second, third] = ['First', 'Second', 'Third'].map((id) => importInto(stack, {}, id));
    third.executeAfter(second);
    second.executeAfter(first);

    expect(warningsOf(stack)).toEqual([]);
  });

  test('get a warning if only two of three imports are ordered', () => {
    const stack = newStack();
    const [first, second] = ['First', 'Second', 'Third'].map((id) => importInto(stack, {}, id));
    second.executeAfter(first);

    expect(warningsOf(stack)).toEqual([expect.stringContaining('the imports "Stack/Third" and "Stack/First"')]);
  });

  test('get a warning if the second import depends only on the job of the first import', () => {
    const stack = newStack();
    const [first, second] = ['First', 'Second'].map((id) => importInto(stack, {}, id));
    second.executeAfter(first.node.findChild('Job') as Construct);

    expect(warningsOf(stack)).toHaveLength(1);
  });

  test('throw if the imports have the same data set and revision and no order', () => {
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

    test('get a warning, whether the app creates or imports the data store', () => {
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

    test('get no warning if the imports are ordered', () => {
      expect(twoStacks((first, second) => {
        const [one, other] = [first, second].map((stack) => importInto(stack));
        other.executeAfter(one);
      })).toEqual([]);
    });

    test('get a warning about the stages, not about the order, if the stacks are in two stages, even for one data set', () => {
      const app = newApp();
      const stacks = ['Beta', 'Prod'].map((name) => new Stack(new Stage(app, name), 'Stack'));
      stacks.forEach((stack) => minimalImport(stack, { source: FhirSource.bucket(Bucket.fromBucketName(stack, 'Bucket', 'data'), 'in/') }));

      expect(stacks.map(warningsOf)).toEqual([[], [
        '/Prod/Stack/Import: the imports "Prod/Stack/Import" and "Beta/Stack/Import" go into one data store and are in different stages, which have no order; '
        + 'deploy one stage after the other, or give each stage a data store of its own',
      ]]);
      expect(stacks.flatMap(acknowledgeHints)).toEqual([OTHER_STAGE]);
    });

    test('get no warning if the stacks are in different Regions, because equal ids then name different data stores', () => {
      expect(twoStacks((first) => {
        ['us-east-1', 'us-west-2'].forEach((region) => importInto(new Stack(first.node.root, region, { env: { region, account: ACCOUNT } })));
      })).toEqual([]);
    });
  });
});

describe('imports into different data stores', () => {
  /** Creates an import into a data store that no other import uses. */
  function importIntoOwn(stack: Stack, id: string, props: Partial<FhirImportProps> = {}): FhirImport {
    const datastore = CfnFHIRDatastore.fromDatastoreId(stack, `${id}Datastore`, Buffer.from(id.padEnd(16)).toString('hex'));
    return importInto(stack, { datastore, ...props }, id);
  }

  test('get a warning if the imports are not ordered, because HealthLake may run one import at a time', () => {
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

  test('get the no-order warning even if the user acknowledges the shared-queue warning', () => {
    const stack = newStack();
    ['First', 'Second'].forEach((id) => importIntoOwn(stack, id));
    importInto(stack, { datastore: stack.node.findChild('FirstDatastore') as FhirImportProps['datastore'] }, 'Third');
    Scope.of(stack).acknowledgeWarning(SHARED_QUEUE);

    expect(acknowledgeHints(stack)).toEqual([NO_ORDER]);
  });

  test('get a warning only if the deployment waits for at least one of the imports', () => {
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
    ['the stacks share one environment', 1, (app) => [new Stack(app, 'A', { env: here }), new Stack(app, 'B', { env: here })]],
    ['the stacks share one stage', 1, (app) => {
      const stage = new Stage(app, 'Stage');
      return [new Stack(stage, 'A'), new Stack(stage, 'B')];
    }],
    ['the Regions differ', 0, (app) => [new Stack(app, 'A', { env: here }), new Stack(app, 'B', { env: there })]],
    ['only one environment is known', 0, (app) => [new Stack(app, 'A', { env: here }), new Stack(app, 'B')]],
    ['the stacks are in two stages, which cannot depend on each other', 0, (app) =>
      [new Stack(new Stage(app, 'Beta', { env: here }), 'A'), new Stack(new Stage(app, 'Prod', { env: here }), 'B')]],
  ])('if %s, two imports in two stacks get this number of warnings: %d', (_, count, stacksOf) => {
    const stacks = stacksOf(newApp());
    stacks.forEach((stack, n) => importIntoOwn(stack, `Import${n}`));

    expect(stacks.flatMap(acknowledgeHints)).toEqual(Array(count).fill(SHARED_QUEUE));
  });

  test.each<[string, (stack: Stack) => [Stack, Stack]]>([
    ['a stack and its nested stack', (stack) => [stack, new NestedStack(stack, 'Nested')]],
    ['a nested stack and its parent stack', (stack) => [new NestedStack(stack, 'Nested'), stack]],
    ['two nested stacks of one stack', (stack) => [new NestedStack(stack, 'Nested'), new NestedStack(stack, 'Beside')]],
    ['nested stacks of two stacks', (stack) => [new NestedStack(stack, 'Nested'), new NestedStack(new Stack(stack.node.root, 'Other'), 'Nested')]],
  ])('get a warning without an order, and no warning with an order, in %s', (_, stacksOf) => {
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
