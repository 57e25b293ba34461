import { Size } from 'aws-cdk-lib';
import type { ImportQuotas } from '../../../src';
import { importInto, newStack, numberParameter, onlyResource, templateOf } from '../../support/synth';

const TODAY = { MaxFiles: '1000000', MaxFileSizeInGB: '50', MaxTotalSizeInGB: '5000' };

function quotasOnTheWire(quotas?: ImportQuotas, stack = newStack()): unknown {
  importInto(stack, { quotas });
  return onlyResource(templateOf(stack), 'Custom::FhirImportJob').Properties.Quotas;
}

test.each([undefined, {}])('the quotas of today are sent for %j', (quotas) => {
  expect(quotasOnTheWire(quotas)).toEqual(TODAY);
});

test.each<[ImportQuotas, Partial<typeof TODAY>]>([
  [{ maxFiles: 1 }, { MaxFiles: '1' }],
  [{ maxFiles: 10_000_000 }, { MaxFiles: '10000000' }],
  [{ maxFileSize: Size.gibibytes(50) }, { MaxFileSizeInGB: '53.6870912' }],
  [{ maxFileSize: Size.bytes(1) }, { MaxFileSizeInGB: '1e-9' }],
  [{ maxTotalSize: Size.bytes(500_000_000) }, { MaxTotalSizeInGB: '0.5' }],
  [{ maxTotalSize: Size.tebibytes(5) }, { MaxTotalSizeInGB: '5497.55813888' }],
])('%j are sent, sizes in gigabytes of 10^9 bytes, with the others of today', (quotas, wire) => {
  expect(quotasOnTheWire(quotas)).toEqual({ ...TODAY, ...wire });
});

test.each([0, -1, 1.5, NaN, Infinity])('%d files are refused', (maxFiles) => {
  expect(() => quotasOnTheWire({ maxFiles })).toThrow(
    new RegExp(`^quotas\\.maxFiles must be a whole number above 0, got ${maxFiles}; leave it out for the default`));
});

describe.each(['maxFileSize', 'maxTotalSize'] as const)('%s', (name) => {
  test.each([0, NaN])('of %d bytes is refused', (bytes) => {
    expect(() => quotasOnTheWire({ [name]: Size.bytes(bytes) })).toThrow(
      new RegExp(`^quotas\\.${name} must be more than 0 bytes, got ${bytes}; leave it out for the default`));
  });

  test.each<[string, (amount: number) => Size]>([['bytes', Size.bytes], ['gibibytes', Size.gibibytes]])(
    'in %s that are known at deployment only is refused, because nothing can be divided then', (_, size) => {
      const stack = newStack();

      expect(() => quotasOnTheWire({ [name]: size(numberParameter(stack)) }, stack)).toThrow(
        new RegExp(`^quotas\\.${name} must be known at synth, got a token; give the size itself, or leave it out for the default`));
    });
});

test('a number of files that is known at deployment only is passed on', () => {
  const stack = newStack();

  expect(quotasOnTheWire({ maxFiles: numberParameter(stack) }, stack)).toEqual({ ...TODAY, MaxFiles: { Ref: 'Number' } });
});
