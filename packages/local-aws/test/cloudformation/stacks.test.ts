import { DeleteStackCommand, DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { attribute, Harness, ref, thing } from './harness';
import { eventually } from '../foundation';

let cfn: Harness;

beforeEach(async () => {
  cfn = await Harness.start();
});

afterEach(() => cfn.stop());

describe('when a stack is created', () => {
  test('resources are created after their dependencies, with resolved references', async () => {
    const status = await cfn.deploy({
      C: thing({ X: attribute('B', 'Value') }), B: thing({ Value: 'v', X: ref('A') }), A: thing(),
    }, { Outputs: { O: { Value: { 'Fn::Sub': '${C}/${B.Value}' }, Description: 'd' } } });
    expect(status).toBe('CREATE_COMPLETE');
    expect(cfn.takeCalls()).toEqual(['create A {}', 'create B {"Value":"v","X":"A-1"}', 'create C {"X":"v"}']);
    expect((await cfn.stack()).Outputs).toEqual([{ OutputKey: 'O', OutputValue: 'C-3/v', Description: 'd' }]);
  });

  test('independent resources are created at the same time', async () => {
    const open = cfn.gate('A');
    await cfn.begin({ A: thing(), B: thing(), C: thing({ X: ref('B') }) });
    await eventually(() => cfn.calls.length === 3);
    expect((await cfn.stack()).StackStatus).toBe('CREATE_IN_PROGRESS');
    open();
    expect((await cfn.cloudFormation.settled('S')).status).toBe('CREATE_COMPLETE');
  });

  test('the created resources are deleted in reverse order after a failure', async () => {
    const status = await cfn.deploy({ A: thing(), B: thing({ X: ref('A') }), C: thing({ X: ref('B'), Fail: ['create'] }), D: thing({ X: ref('C') }) });
    expect(status).toBe('ROLLBACK_COMPLETE');
    expect(cfn.takeCalls().slice(3)).toEqual(['delete B-2', 'delete A-1']);
    expect(await cfn.history()).toEqual([
      'S CREATE_IN_PROGRESS: User Initiated',
      'A CREATE_IN_PROGRESS', 'A CREATE_IN_PROGRESS: Resource creation Initiated', 'A CREATE_COMPLETE',
      'B CREATE_IN_PROGRESS', 'B CREATE_IN_PROGRESS: Resource creation Initiated', 'B CREATE_COMPLETE',
      'C CREATE_IN_PROGRESS', 'C CREATE_FAILED: create failed as asked',
      'S ROLLBACK_IN_PROGRESS: The following resource(s) failed to create: [C]. Rollback requested by user.',
      'C DELETE_IN_PROGRESS', 'C DELETE_COMPLETE', 'B DELETE_IN_PROGRESS', 'B DELETE_COMPLETE', 'A DELETE_IN_PROGRESS', 'A DELETE_COMPLETE',
      'S ROLLBACK_COMPLETE',
    ]);
  });

  test('a resource whose creation was cancelled is deleted when its provider has finished', async () => {
    const open = cfn.gate('Slow');
    await cfn.begin({ Slow: thing(), A: thing({ Fail: ['create'] }) });
    await eventually(() => cfn.cloudFormation.stacks.get('S').status === 'ROLLBACK_IN_PROGRESS');
    expect(cfn.calls).not.toContain('delete Slow-1');
    open();
    expect((await cfn.cloudFormation.settled('S')).status).toBe('ROLLBACK_COMPLETE');
    expect(cfn.calls.at(-1)).toBe('delete Slow-1');
    expect(await cfn.history()).toContain('Slow CREATE_FAILED: Resource creation cancelled');
  });

  test('the roll-back keeps resources with DeletionPolicy Retain, and deletes resources with RetainExceptOnCreate', async () => {
    await cfn.deploy({
      A: thing({}, { DeletionPolicy: 'Retain' }), B: thing({}, { DeletionPolicy: 'RetainExceptOnCreate' }), C: thing({ Fail: ['create'] }, { DependsOn: ['A', 'B'] }),
    });
    expect(cfn.calls.filter((call) => call.startsWith('delete'))).toEqual(['delete B-2']);
    expect(await cfn.history()).toContain('A DELETE_SKIPPED');
  });

  test('the stack ends in ROLLBACK_FAILED if the roll-back cannot delete a resource', async () => {
    expect(await cfn.deploy({ A: thing({ Fail: ['delete'] }), B: thing({ Fail: ['create'] }, { DependsOn: 'A' }) })).toBe('ROLLBACK_FAILED');
    expect((await cfn.stack()).StackStatusReason).toBe('The following resource(s) failed to delete: [A].');
  });

  test('an unknown resource type is refused before any resource is created', async () => {
    await expect(cfn.deploy({ A: { Type: 'AWS::SNS::Topic' } })).rejects.toThrow(/Unrecognized resource types: \[AWS::SNS::Topic\]/);
    await expect(cfn.stack()).rejects.toThrow('Stack with id S does not exist');
  });
});

describe('when a stack is deleted', () => {
  test('resources are deleted in reverse order; afterwards the stack can be described only by its id', async () => {
    await cfn.deploy({ A: thing(), B: thing({ X: ref('A') }), Kept: thing({ X: ref('B') }, { DeletionPolicy: 'Retain' }) });
    const { StackId } = await cfn.stack();
    cfn.takeCalls();
    expect(await cfn.destroy()).toBe('DELETE_COMPLETE');
    expect(cfn.takeCalls()).toEqual(['delete B-2', 'delete A-1']);
    await expect(cfn.stack()).rejects.toThrow('Stack with id S does not exist');
    expect(await cfn.stack(StackId)).toMatchObject({ StackStatus: 'DELETE_COMPLETE', DeletionTime: expect.any(Date) });
  });

  test('a resource whose deletion fails is kept, together with its dependencies', async () => {
    await cfn.deploy({ A: thing(), B: thing({ X: ref('A'), Fail: ['delete'] }), C: thing() });
    cfn.takeCalls();
    expect(await cfn.destroy()).toBe('DELETE_FAILED');
    expect((await cfn.stack()).StackStatusReason).toBe('The following resource(s) failed to delete: [B].');
    expect(Object.keys(await cfn.physicalIds()).sort()).toEqual(['A', 'B']);
  });

  test('resources can still be described after the stack is deleted or its creation is rolled back', async () => {
    const described = async (name: string): Promise<unknown> => {
      const { StackResources = [] } = await cfn.client.send(new DescribeStackResourcesCommand({ StackName: name, LogicalResourceId: 'A' }));
      return StackResources.map(({ PhysicalResourceId, ResourceStatus }) => [PhysicalResourceId, ResourceStatus]);
    };
    await cfn.deploy({ A: thing(), B: thing({ X: ref('A'), Fail: ['create'] }) });
    expect(await described('S')).toEqual([['A-1', 'DELETE_COMPLETE']]);

    await cfn.deploy({ A: thing({}, { DeletionPolicy: 'Retain' }), B: thing() }, {}, { name: 'T' });
    const { id } = cfn.cloudFormation.stacks.get('T');
    await cfn.deploy({ B: thing({ X: '1' }) }, {}, { name: 'T' });
    expect(await described('T')).toEqual([]);
    await cfn.deploy({ A: thing({}, { DeletionPolicy: 'Retain' }), B: thing() }, {}, { name: 'T' });
    await cfn.destroy('T');
    expect(await described(id)).toEqual([[expect.stringMatching(/^A-/), 'DELETE_SKIPPED']]);
  });

  test('a stack that is still being created can be deleted', async () => {
    const open = cfn.gate('A');
    await cfn.begin({ A: thing(), B: thing({ X: ref('A') }) });
    await cfn.client.send(new DeleteStackCommand({ StackName: 'S' }));
    open();
    expect((await cfn.cloudFormation.settled('S')).status).toBe('DELETE_COMPLETE');
    expect(cfn.takeCalls()).toEqual(['create A {}', 'delete A-1']);
  });
});

test.each([
  ['creation', { Slow: thing() }, 'CREATE_IN_PROGRESS'],
  ['roll-back', { Slow: thing(), A: thing({ Fail: ['create'] }) }, 'ROLLBACK_IN_PROGRESS'],
])('CloudFormation closes during a %s even if a provider never finishes', async (_, resources, status) => {
  cfn.gates.set('Slow', new Promise<void>(() => {}));
  await cfn.begin(resources);
  await eventually(() => cfn.cloudFormation.stacks.get('S').status === status);
  await cfn.cloudFormation.close();
  expect(cfn.cloudFormation.stacks.get('S').operation).toBeUndefined();
});
