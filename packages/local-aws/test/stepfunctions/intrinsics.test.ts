import { evaluate, expressionProblem } from '../../src/stepfunctions/language/intrinsics';
import type { StateError } from '../../src/stepfunctions/language/state-error';

const scope = { input: { n: 3, s: 'it', list: [1, { a: null }] }, context: { Execution: { Name: 'e' } } };

test.each<[string, unknown]>([
  ['$.n', 3],
  ['$$.Execution.Name', 'e'],
  ['States.MathAdd($.n, 3)', 6],
  ['States.MathAdd( $.n , -4 )', -1],
  ['States.MathAdd(States.MathAdd($.n, $.n), 1)', 7],
  ['States.MathAdd(1.6, 1)', 3],
  ["States.Format('{} of {}, {}', $.s, $$.Execution.Name, true)", 'it of e, true'],
  ["States.Format('it\\'s {}', null)", "it's null"],
  ["States.Format('plain')", 'plain'],
  ['States.JsonToString($.list)', '[1,{"a":null}]'],
  ["States.Format('[{}]', States.JsonToString($.list[1]))", '[{"a":null}]'],
])('%s', (expression, value) => {
  expect(expressionProblem(expression)).toBeUndefined();
  expect(evaluate(expression, scope)).toEqual(value);
});

test.each([
  ["States.MathAdd($.n, '3')", 'two numbers'],
  ['States.MathAdd($.n)', 'two numbers'],
  ["States.Format('{} {}', $.n)", '2 places for 1'],
  ["States.Format('{}', $.list)", 'arrays'],
  ['States.Format($.n)', 'no string'],
  ['States.JsonToString($.n, $.n)', 'one value'],
])('%s fails', (expression, problem) => {
  expect(expressionProblem(expression)).toBeUndefined();
  const failing = () => evaluate(expression, scope);
  expect(failing).toThrow(problem);
  expect(failing).toThrow(expect.objectContaining({ error: 'States.IntrinsicFailure' }) as StateError);
});

test('a path to nothing is an error of the execution', () => {
  expect(() => evaluate('States.MathAdd($.missing, 1)', scope)).toThrow('States.Runtime');
});

test.each([
  ['States.UUID()', 'States.UUID'],
  ['States.toString($.n)', 'States.toString'],
  ['States.MathAdd($.n, 3', 'character 22'],
  ['States.MathAdd($.n 3)', 'character 19'],
  ['States.MathAdd($.n, 3) + 1', 'character 23'],
  ["States.Format('\\{}')", 'character 15'],
  ['MathAdd(1, 2)', 'MathAdd(1, 2)'],
])('%s is not played', (expression, problem) => {
  expect(expressionProblem(expression)).toContain(problem);
});
