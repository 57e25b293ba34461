import { resolve, type Scope } from '../../src/cloudformation/template/intrinsics';
import { compile, parameterReference } from '../../src/cloudformation/template/program';
import { references } from '../../src/cloudformation/template/references';
import { parseTemplate } from '../../src/cloudformation/template/template';

const PSEUDO = { partition: 'aws', region: 'eu-west-1', accountId: '111122223333', stackId: 'arn:stack', stackName: 'S' };

const SCOPE: Scope = {
  ref: (name) => name === 'List' ? ['a', 'b'] : name === 'Bucket' ? 'my-bucket' : parameterReference(name, new Map(), PSEUDO),
  getAtt: (logicalId, attribute) => `<${logicalId}|${attribute}>`,
  condition: (name) => name === 'Yes',
  findInMap: (map, top, second) => `${map}/${top}/${second}`,
  importValue: (name) => `import:${name}`,
  getStackOutput: ({ StackName, OutputName }) => `${StackName}!${OutputName}`,
  availabilityZones: (region) => [`${region}a`, `${region}b`],
};

describe('intrinsic functions', () => {
  test.each<[string, unknown, unknown]>([
    ['Ref of a resource', { Ref: 'Bucket' }, 'my-bucket'],
    ['Ref of a list', { Ref: 'List' }, ['a', 'b']],
    ['AWS::Partition', { Ref: 'AWS::Partition' }, 'aws'],
    ['AWS::AccountId', { Ref: 'AWS::AccountId' }, '111122223333'],
    ['AWS::Region', { Ref: 'AWS::Region' }, 'eu-west-1'],
    ['AWS::StackId', { Ref: 'AWS::StackId' }, 'arn:stack'],
    ['AWS::StackName', { Ref: 'AWS::StackName' }, 'S'],
    ['AWS::URLSuffix', { Ref: 'AWS::URLSuffix' }, 'amazonaws.com'],
    ['AWS::NoValue as a property', { A: 1, B: { Ref: 'AWS::NoValue' } }, { A: 1 }],
    ['AWS::NoValue in a list', ['a', { Ref: 'AWS::NoValue' }], ['a']],
    ['AWS::NoValue alone', { Ref: 'AWS::NoValue' }, undefined],
    ['Fn::GetAtt as a list', { 'Fn::GetAtt': ['Bucket', 'Arn'] }, '<Bucket|Arn>'],
    ['Fn::GetAtt as text', { 'Fn::GetAtt': 'Bucket.Endpoint.Address' }, '<Bucket|Endpoint.Address>'],
    ['Fn::If with a true condition', { 'Fn::If': ['Yes', 'y', 'n'] }, 'y'],
    ['Fn::If with a false condition', { A: { 'Fn::If': ['No', 'y', { Ref: 'AWS::NoValue' }] } }, {}],
    ['Fn::Join', { 'Fn::Join': ['-', ['a', 1, { Ref: 'Bucket' }]] }, 'a-1-my-bucket'],
    ['Fn::Join of a list parameter', { 'Fn::Join': [',', { Ref: 'List' }] }, 'a,b'],
    ['Fn::Sub', { 'Fn::Sub': '${AWS::Region}/${Bucket}/${Bucket.Arn}/${!Literal}' }, 'eu-west-1/my-bucket/<Bucket|Arn>/${Literal}'],
    ['Fn::Sub with variables', { 'Fn::Sub': ['${X}-${Bucket}', { X: { 'Fn::Join': ['', ['v']] } }] }, 'v-my-bucket'],
    ['Fn::Select', { 'Fn::Select': ['1', { 'Fn::Split': [':', 'a:b:c'] }] }, 'b'],
    ['Fn::Split', { 'Fn::Split': ['|', 'a|b'] }, ['a', 'b']],
    ['Fn::Base64', { 'Fn::Base64': 'hello' }, 'aGVsbG8='],
    ['Fn::FindInMap', { 'Fn::FindInMap': ['M', { Ref: 'AWS::Region' }, 'key'] }, 'M/eu-west-1/key'],
    ['Fn::GetAZs', { 'Fn::GetAZs': '' }, ['eu-west-1a', 'eu-west-1b']],
    ['Fn::ImportValue', { 'Fn::ImportValue': { 'Fn::Sub': '${AWS::StackName}:X' } }, 'import:S:X'],
    ['Fn::GetStackOutput', { 'Fn::GetStackOutput': { StackName: 'Data', OutputName: 'Id', Region: { Ref: 'AWS::Region' } } }, 'Data!Id'],
    ['an object without functions to the same object', { Version: '2012-10-17', Condition: { StringEquals: { 'aws:x': true } } }, { Version: '2012-10-17', Condition: { StringEquals: { 'aws:x': true } } }],
  ])('`resolve` evaluates %s', (_, value, expected) => {
    expect(resolve(value, SCOPE)).toEqual(expected);
  });

  test.each<[string, unknown, RegExp]>([
    ['an index out of range', { 'Fn::Select': [5, ['a']] }, /Fn::Select cannot select nonexistent value at index 5/],
    ['an unknown function', { 'Fn::Sum': [1, 2] }, /no function Fn::Sum/],
    ['a join without a list', { 'Fn::Join': [',', 'x'] }, /Fn::Join needs a list, got "x"/],
    ['a list in a text', { 'Fn::Sub': '${List}' }, /Fn::Sub needs a string, got \["a","b"\]/],
  ])('`resolve` refuses %s', (_, value, message) => {
    expect(() => resolve(value, SCOPE)).toThrow(message);
  });

  test('`references` finds all references, except in the unused branch of an Fn::If', () => {
    const value = [
      { Ref: 'A' }, { 'Fn::GetAtt': ['B', 'Arn'] }, { 'Fn::Sub': ['${C} ${D.Arn} ${X} ${!No}', { X: { Ref: 'E' } }] },
      { 'Fn::If': ['Yes', { Ref: 'F' }, { Ref: 'G' }] },
    ];
    expect(references(value, (name) => name === 'Yes')).toEqual([
      { name: 'A' }, { name: 'B', attribute: 'Arn' }, { name: 'C' }, { name: 'D', attribute: 'Arn' }, { name: 'E' }, { name: 'F' },
    ]);
  });
});

describe('a template', () => {
  const program = (template: object, parameters: Record<string, string> = {}): ReturnType<typeof compile> => {
    const body = JSON.stringify(template);
    const values = new Map(Object.entries(parameters).map(([name, value]) => [name, { given: value, value, noEcho: false, fromSsm: false }]));
    return compile(body, parseTemplate(body), values, PSEUDO);
  };
  const resource = (properties: object, more: object = {}): object => ({ Type: 'Test::Thing', Properties: properties, ...more });

  test('has a dependency for each reference and each DependsOn', () => {
    const { dependencies } = program({
      Resources: {
        A: resource({}, { DependsOn: ['C'] }),
        B: resource({ X: { Ref: 'A' }, Y: { 'Fn::Sub': '${C.Arn}' }, Z: { Ref: 'AWS::Region' } }),
        C: resource({}),
      },
    });
    expect(Object.fromEntries(dependencies)).toEqual({ A: ['C'], B: ['A', 'C'], C: [] });
  });

  test('is refused if its dependencies are circular, and the error names the resources of the cycle', () => {
    expect(() => program({
      Resources: {
        A: resource({ X: { Ref: 'B' } }), B: resource({ X: { Ref: 'A' } }), Before: resource({}), After: resource({ X: { Ref: 'A' } }),
      },
    })).toThrow('Circular dependency between resources: [A, B]');
  });

  test.each([
    ['Resources', { Resources: { A: resource({ X: { Ref: 'Nowhere' } }) } }],
    ['Resources', { Resources: { A: resource({}, { DependsOn: 'Nowhere' }) } }],
    ['Outputs', { Resources: { A: resource({}) }, Outputs: { O: { Value: { Ref: 'Nowhere' } } } }],
  ])('is refused if its %s refer to an unknown name', (block, template) => {
    expect(() => program(template)).toThrow(`Unresolved resource dependencies [Nowhere] in the ${block} block of the template`);
  });

  test.each([
    [{ 'Fn::Equals': [{ Ref: 'P' }, 'x'] }, true],
    [{ 'Fn::Equals': ['true', true] }, true],
    [{ 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'P' }, 'x'] }] }, false],
    [{ 'Fn::And': [{ Condition: 'Base' }, { 'Fn::Equals': [1, 2] }] }, false],
    [{ 'Fn::Or': [{ Condition: 'Base' }, { 'Fn::Equals': [1, 2] }] }, true],
    [{ 'Fn::Equals': [{ 'Fn::FindInMap': ['M', 'a', 'b'] }, 'c'] }, true],
  ])('includes a resource and an output only if their condition is true: %j is %s', (condition, holds) => {
    const { resources, outputs, dependencies } = program({
      Mappings: { M: { a: { b: 'c' } } },
      Conditions: { Base: { 'Fn::Equals': ['a', 'a'] }, Tested: condition },
      Resources: { A: resource({}, { Condition: 'Tested' }), B: resource({}, { DependsOn: 'A' }) },
      Outputs: { O: { Value: 'v', Condition: 'Tested' } },
    }, { P: 'x' });
    expect(resources.has('A')).toBe(holds);
    expect(outputs.has('O')).toBe(holds);
    expect(dependencies.get('B')).toEqual(holds ? ['A'] : []);
  });

  test('can be YAML without short-form tags', () => {
    expect(parseTemplate('Resources:\n  A:\n    Type: Test::Thing\n    Properties:\n      Version: 2012-10-17\n').Resources.A.Properties)
      .toEqual({ Version: '2012-10-17' });
    expect(() => parseTemplate('Resources:\n  A:\n    Type: Test::Thing\n    Properties:\n      X: !Ref B\n')).toThrow(/Unresolved tag: !Ref/);
  });
});
