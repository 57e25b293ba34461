import { Stack, Stage } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Completion, type FhirExport, type FhirExportProps, FhirSource, FhirStorage } from '../../../../src';
import { datastoreOf, exportFrom, importInto, newApp, newStack, templateOf } from '../../../support/synth';

/** Returns the ids of the warnings of this library, each with its construct and its text. */
function warningsOf(stack: Stack): [id: string, path: string, text: string][] {
  return Annotations.fromStack(stack).findWarning('*', Match.anyValue()).flatMap(({ id: path, entry }) => {
    const [, text, id] = /^(.*) \[ack: cdk-healthlake-import:(.*)\]$/.exec(entry.data as string) ?? [];
    return id ? [[id, path, text] as [string, string, string]] : [];
  });
}

function idsOf(stack: Stack): string[] {
  return warningsOf(stack).map(([id]) => id);
}

/** Creates two exports of one data store. The second one runs after the first one. */
function twoExports(stack: Stack, first: Partial<FhirExportProps>, second: Partial<FhirExportProps>): FhirExport[] {
  const exports = [exportFrom(stack, first, 'First'), exportFrom(stack, second, 'Second')];
  exports[1].executeAfter(exports[0]);
  return exports;
}

describe('two exports of one data store', () => {
  test('fail the synthesis if they have the same revision and no order', () => {
    const stack = newStack();
    exportFrom(stack, { revision: '1' }, 'First');
    exportFrom(stack, { revision: '1', outputPrefix: 'elsewhere' }, 'Second');

    expect(() => templateOf(stack)).toThrow('"Stack/Second" exports the same revision of the same data store as "Stack/First"; remove one of them, or order them');
  });

  test('are no twins if they write into different buckets', () => {
    const stack = newStack();
    exportFrom(stack, {}, 'First');
    exportFrom(stack, { storage: new FhirStorage(stack, 'Other', { inputBucket: new Bucket(stack, 'Any') }) }, 'Second');

    expect(idsOf(stack)).toEqual(['no-order']);
  });

  test('cause no warning if they are ordered, even with the same revision', () => {
    const stack = newStack();
    twoExports(stack, {}, {});

    expect(warningsOf(stack)).toEqual([]);
  });

  test('cause a warning if they have different revisions and no order', () => {
    const stack = newStack();
    exportFrom(stack, { revision: '1' }, 'First');
    exportFrom(stack, { revision: '2' }, 'Second');

    expect(warningsOf(stack)).toEqual([['no-order', '/Stack/Second', 'the exports "Stack/Second" and "Stack/First" copy one data store without an order between them; '
      + 'HealthLake runs one at a time and the time-out of each includes its wait, so order them with executeAfter()']]);
  });

  test.each([['outer/', 'outer/inner/'], ['outer/inner/', 'outer/'], ['same/', 'same/']])('cause a warning if their outputs are %s and %s', (first, second) => {
    const stack = newStack();
    twoExports(stack, { outputPrefix: first }, { outputPrefix: second, revision: '2' });
    const [inner, outer] = first.length > second.length ? ['First', 'Second'] : ['Second', 'First'];

    expect(warningsOf(stack)).toEqual([['nested-output', '/Stack/Second',
      `the output of the export "Stack/${inner}" is inside the output of "Stack/${outer}", so a job of one can be taken for a job of the other; give them different folders`]]);
  });

  test('cause no warning if their outputs only start alike', () => {
    const stack = newStack();
    twoExports(stack, { outputPrefix: 'copy' }, { outputPrefix: 'copy-2', revision: '2' });

    expect(warningsOf(stack)).toEqual([]);
  });
});

describe.each([['before', true], ['after', false]])('an export that is created %s an import', (_, isExportFirst) => {
  /** Creates an export and an import of the same data store in this order. */
  function both(stack: Stack, props: Partial<FhirExportProps> = {}, source = FhirSource.storage()) {
    const early = isExportFirst ? exportFrom(stack, props) : undefined;
    const fhirImport = importInto(stack, { source });
    return { fhirExport: early ?? exportFrom(stack, props), fhirImport };
  }

  test('causes a warning if they have no order', () => {
    const stack = newStack();
    both(stack);

    expect(warningsOf(stack)).toEqual([['export-beside-import', '/Stack/Export',
      'the export "Stack/Export" and the import "Stack/Import" use one data store and can run at the same time, so the copy may have a part of the import; '
      + 'order them with executeAfter(), and let the deployment wait for the first of them']]);
  });

  test('causes no warning if one waits for the other', () => {
    for (const isExportBefore of [true, false]) {
      const stack = newStack();
      const { fhirExport, fhirImport } = both(stack);
      const [first, second] = isExportBefore ? [fhirExport, fhirImport] : [fhirImport, fhirExport];
      second.executeAfter(first);

      expect(warningsOf(stack)).toEqual([]);
    }
  });

  test('causes a warning if the import waits for the start of the export only', () => {
    const stack = newStack();
    const { fhirExport, fhirImport } = both(stack, { completion: Completion.detached() });
    fhirImport.executeAfter(fhirExport);

    expect(idsOf(stack)).toEqual(['export-beside-import']);
  });

  test('causes a warning if the import would read its files', () => {
    const stack = newStack();
    const { storage: { outputBucket } } = exportFrom(stack, { outputPrefix: 'other', revision: 'other' }, 'Other');
    const { fhirExport, fhirImport } = both(stack, { outputPrefix: 'data/copy' }, FhirSource.bucket(outputBucket, 'data'));
    fhirExport.executeAfter(fhirImport, stack.node.findChild('Other'));
    fhirImport.executeAfter(stack.node.findChild('Other'));

    expect(warningsOf(stack)).toEqual([['results-as-input', '/Stack/Export',
      'the output of the export "Stack/Export" is inside the input of "Stack/Import", which would import it; give them different folders']]);
  });

  test('fails the synthesis once if each waits for the other', () => {
    const stack = newStack();
    const { fhirExport, fhirImport } = both(stack);
    fhirExport.executeAfter(fhirImport);
    fhirImport.executeAfter(fhirExport);

    expect(() => templateOf(stack)).toThrow(/^Validation failed with the following errors:\n.*"Stack\/Import" waits for "Stack\/Export", which waits for "Stack\/Import"; remove.*$/);
  });
});

test('an export that waits for itself fails the synthesis', () => {
  const stack = newStack();
  const fhirExport = exportFrom(stack);
  fhirExport.executeBefore(fhirExport.provider);

  expect(() => templateOf(stack)).toThrow('"Stack/Export" waits for "Stack/FhirImportProvider/Provider/framework-onEvent", which waits for "Stack/Export"');
});

test('exports of one data store in two stages are no twins', () => {
  const app = newApp();
  const stacks = ['One', 'Two'].map((id) => new Stack(new Stage(app, id), 'Stack'));
  stacks.forEach((stack) => exportFrom(stack, { datastore: datastoreOf(stack) }));

  expect(() => app.synth()).not.toThrow();
});
