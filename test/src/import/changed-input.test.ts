import { CfnOutput, Stack } from 'aws-cdk-lib';
import { Completion, type FhirImportProps } from '../../../src';
import { datastoreOf, importInto, newStack, onlyResource, type TemplateJson, templateOf, templateWith } from '../../support/synth';

const changedInputOf = (template: TemplateJson) => onlyResource(template, 'Custom::FhirImportJob').Properties.ChangedInput as unknown;

test('the job resource has the property ChangedInput only if failIfInputChanged is set', () => {
  expect(changedInputOf(templateWith())).toBeUndefined();
  expect(changedInputOf(templateWith({ failIfInputChanged: false }))).toBeUndefined();
  expect(changedInputOf(templateWith({ failIfInputChanged: true }))).toBe('FAIL');
});

test.each<[string, Partial<FhirImportProps>, string]>([
  ['an import', {}, 'SHOW'],
  ['a detached import', { completion: Completion.detached() }, 'SHOW'],
  ['an import with failIfInputChanged', { failIfInputChanged: true }, 'FAIL'],
])('a template that uses inputChanged of %s reads it from the job resource and gives that resource a property', (_what, props, expected) => {
  const stack = newStack();
  new CfnOutput(stack, 'Before', { value: `changed: ${importInto(stack, props).inputChanged}` });
  const template = templateOf(stack);
  const { logicalId } = onlyResource(template, 'Custom::FhirImportJob');

  expect(template).toMatchObject({ Outputs: { Before: { Value: { 'Fn::Join': ['', ['changed: ', { 'Fn::GetAtt': [logicalId, 'InputChanged'] }]] } } } });
  expect(changedInputOf(template)).toBe(expected);
});

test('inputChanged can be used in another stack', () => {
  const stack = newStack();
  const fhirImport = importInto(stack, { datastore: datastoreOf(stack) });
  const other = new Stack(stack.node.root, 'Other');
  new CfnOutput(other, 'Changed', { value: fhirImport.inputChanged });

  expect(JSON.stringify(templateOf(other))).toContain('InputChanged');
  expect(changedInputOf(templateOf(stack))).toBe('SHOW');
});

test('reading inputChanged without using it in a template changes nothing', () => {
  const stack = newStack();
  expect(importInto(stack).inputChanged).toMatch(/\$\{Token/);
  expect(templateOf(stack)).toEqual(templateWith());
});
