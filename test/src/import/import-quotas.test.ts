import { Size } from 'aws-cdk-lib';
import type { ImportQuotas } from '../../../src';
import { importInto, newStack, numberParameter, onlyResource, templateOf } from '../../support/synth';

const DEFAULTS = { MaxFiles: '10000', MaxFileSizeInGB: '50', MaxTotalSizeInGB: '5000' };

function quotasOnTheWire(quotas?: ImportQuotas, stack = newStack()): unknown {
  importInto(stack, { quotas });
  return onlyResource(templateOf(stack), 'Custom::FhirImportJob').Properties.Quotas;
}

test.each([undefined, {}])('an import with the quotas %j has the default quotas', (quotas) => {
  expect(quotasOnTheWire(quotas)).toEqual(DEFAULTS);
});

test.each<[ImportQuotas, Partial<typeof DEFAULTS>]>([
  [{ maxFiles: 1 }, { MaxFiles: '1' }],
  [{ maxFiles: 10_000_000 }, { MaxFiles: '10000000' }],
  [{ maxFileSize: Size.gibibytes(50) }, { MaxFileSizeInGB: '53.6870912' }],
  [{ maxFileSize: Size.bytes(1) }, { MaxFileSizeInGB: '1e-9' }],
  [{ maxTotalSize: Size.bytes(500_000_000) }, { MaxTotalSizeInGB: '0.5' }],
  [{ maxTotalSize: Size.tebibytes(5) }, { MaxTotalSizeInGB: '5497.55813888' }],
])('the quota %j is written as a string, sizes in units of 10^9 bytes, and the other quotas have defaults', (quotas, wire) => {
  expect(quotasOnTheWire(quotas)).toEqual({ ...DEFAULTS, ...wire });
});

test.each([0, -1, 1.5, 2 ** 53, NaN, Infinity])('an import throws if maxFiles is %d', (maxFiles) => {
  expect(() => quotasOnTheWire({ maxFiles })).toThrow(
    new RegExp(`^quotas\\.maxFiles must be a whole number above 0, got ${maxFiles}; leave it out for the default`));
});

describe.each(['maxFileSize', 'maxTotalSize'] as const)('%s', (name) => {
  test.each([0, NaN, Infinity])('throws for %d bytes', (bytes) => {
    expect(() => quotasOnTheWire({ [name]: Size.bytes(bytes) })).toThrow(
      new RegExp(`^quotas\\.${name} must be a number of bytes above 0, got ${bytes}; leave it out for the default`));
  });

  test.each<[string, (amount: number) => Size]>([['bytes', Size.bytes], ['gibibytes', Size.gibibytes]])(
    'throws for a token in %s, because tokens can\'t be divided', (_, size) => {
      const stack = newStack();

      expect(() => quotasOnTheWire({ [name]: size(numberParameter(stack)) }, stack)).toThrow(
        new RegExp(`^quotas\\.${name} must be known at synth, got a token; give the size itself, or leave it out for the default`));
    });
});

test('maxFiles can be a token', () => {
  const stack = newStack();

  expect(quotasOnTheWire({ maxFiles: numberParameter(stack) }, stack)).toEqual({ ...DEFAULTS, MaxFiles: { Ref: 'Number' } });
});
