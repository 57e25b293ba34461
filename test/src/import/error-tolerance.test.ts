import { inspect } from 'node:util';
import { ErrorTolerance, ErrorToleranceKind } from '../../../src';
import { importInto, newStack, numberParameter, onlyResource, templateOf } from '../../support/synth';

function sentTolerance(errorTolerance?: ErrorTolerance, stack = newStack()): unknown {
  importInto(stack, { errorTolerance });
  const template = templateOf(stack);
  const [job, outcome] = ['Custom::FhirImportJob', 'Custom::FhirImportOutcome'].map((type) => onlyResource(template, type).Properties.ErrorTolerance);
  expect(outcome).toEqual(job);
  return outcome;
}

test('the default error tolerance tolerates no failed resource', () => {
  expect(sentTolerance()).toEqual({ Kind: 'NONE' });
});

test.each([
  ['none', ErrorTolerance.none(), { Kind: 'NONE' }],
  ['any', ErrorTolerance.any(), { Kind: 'ANY' }],
  ['one resource', ErrorTolerance.resources(1), { Kind: 'RESOURCES', Limit: '1' }],
  ['many resources', ErrorTolerance.resources(1_000_000), { Kind: 'RESOURCES', Limit: '1000000' }],
  ['a small percentage', ErrorTolerance.percent(0.05), { Kind: 'PERCENT', Limit: '0.05' }],
  ['a large percentage', ErrorTolerance.percent(99.9), { Kind: 'PERCENT', Limit: '99.9' }],
])('a tolerance of %s is written to the job and outcome resources, with numbers as strings', (_, tolerance, wire) => {
  expect(sentTolerance(tolerance)).toEqual(wire);
});

test.each([
  [ErrorTolerance.none(), ErrorToleranceKind.NONE],
  [ErrorTolerance.resources(1), ErrorToleranceKind.RESOURCES],
  [ErrorTolerance.percent(1), ErrorToleranceKind.PERCENT],
  [ErrorTolerance.any(), ErrorToleranceKind.ANY],
])('the kind of the error tolerance %j is %s', (tolerance, kind) => {
  expect(tolerance.kind).toBe(kind);
});

test.each([0, -1, 1.5, 2 ** 53, NaN, Infinity, '5' as unknown as number])('ErrorTolerance.resources() throws for %p', (count) => {
  expect(() => ErrorTolerance.resources(count))
    .toThrow(`the number of resources that may fail must be a whole number of 1 or more, got ${inspect(count)}; for none use ErrorTolerance.none()`);
});

test.each([0, 100, -5, 250, NaN, '5' as unknown as number])('ErrorTolerance.percent() throws for %p', (percent) => {
  expect(() => ErrorTolerance.percent(percent))
    .toThrow(`the percentage of resources that may fail must be more than 0 and less than 100, got ${inspect(percent)}; use ErrorTolerance.none()`);
});

test('the arguments of ErrorTolerance.resources() and ErrorTolerance.percent() can be tokens', () => {
  const [one, other] = [newStack(), newStack()];

  expect(sentTolerance(ErrorTolerance.resources(numberParameter(one)), one)).toEqual({ Kind: 'RESOURCES', Limit: { Ref: 'Number' } });
  expect(sentTolerance(ErrorTolerance.percent(numberParameter(other)), other)).toEqual({ Kind: 'PERCENT', Limit: { Ref: 'Number' } });
});
