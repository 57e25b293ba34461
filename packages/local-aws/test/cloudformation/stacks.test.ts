import {
  ContinueUpdateRollbackCommand, DeleteStackCommand, DescribeStackResourcesCommand, ListStackResourcesCommand, RollbackStackCommand,
} from '@aws-sdk/client-cloudformation';
import { Harness, thing, until } from './harness';

const ref = (name: string): object => ({ Ref: name });
const value = (name: string): object => ({ 'Fn::GetAtt': [name, 'Value'] });

let cfn: Harness;

beforeEach(async () => {
  cfn = await Harness.start();
});

afterEach(async () => cfn.stop());

/** Physical ids of what is there, by logical id. */
async function physicalIds(name = 'S'): Promise<Record<string, string | undefined>> {
  const { StackResourceSummaries = [] } = await cfn.client.send(new ListStackResourcesCommand({ StackName: name }));
  const present = StackResourceSummaries.filter(({ ResourceStatus }) => ResourceStatus !== 'DELETE_COMPLETE');
  return Object.fromEntries(present.map(({ LogicalResourceId, PhysicalResourceId }) => [LogicalResourceId, PhysicalResourceId]));
}

async function destroy(name = 'S'): Promise<string> {
  const { id } = cfn.cloudFormation.stacks.get(name);
  await cfn.client.send(new DeleteStackCommand({ StackName: name }));
  return (await cfn.cloudFormation.settled(id)).status;
}

describe('create', () => {
  test('resources come after those that they need, with their values', async () => {
    const status = await cfn.deploy({
      C: thing({ X: value('B') }), B: thing({ Value: 'v', X: ref('A') }), A: thing(),
    }, { Outputs: { O: { Value: { 'Fn::Sub': '${C}/${B.Value}' }, Description: 'd' } } });
    expect(status).toBe('CREATE_COMPLETE');
    expect(cfn.takeCalls()).toEqual(['create A {}', 'create B {"Value":"v","X":"A-1"}', 'create C {"X":"v"}']);
    expect((await cfn.stack()).Outputs).toEqual([{ OutputKey: 'O', OutputValue: 'C-3/v', Description: 'd' }]);
  });

  test('resources that need nothing of each other are created at the same time', async () => {
    let open = (): void => undefined;
    cfn.gates.set('A', new Promise<void>((resolve) => {
      open = resolve;
    }));
    await cfn.begin({ A: thing(), B: thing(), C: thing({ X: ref('B') }) });
    await until(() => cfn.calls.length === 3);
    expect((await cfn.stack()).StackStatus).toBe('CREATE_IN_PROGRESS');
    open();
    expect((await cfn.cloudFormation.settled('S')).status).toBe('CREATE_COMPLETE');
  });

  test('a failure takes back what was created, in the opposite order', async () => {
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

  test('a resource that is cancelled midway is deleted once its provider is through', async () => {
    let open = (): void => undefined;
    cfn.gates.set('Slow', new Promise<void>((resolve) => {
      open = resolve;
    }));
    await cfn.begin({ Slow: thing(), A: thing({ Fail: ['create'] }) });
    await until(() => cfn.cloudFormation.stacks.get('S').status === 'ROLLBACK_IN_PROGRESS');
    expect(cfn.calls).not.toContain('delete Slow-1');
    open();
    expect((await cfn.cloudFormation.settled('S')).status).toBe('ROLLBACK_COMPLETE');
    expect(cfn.calls.at(-1)).toBe('delete Slow-1');
    expect(await cfn.history()).toContain('Slow CREATE_FAILED: Resource creation cancelled');
  });

  test('Retain survives the roll-back of a creation, RetainExceptOnCreate does not', async () => {
    await cfn.deploy({
      A: thing({}, { DeletionPolicy: 'Retain' }), B: thing({}, { DeletionPolicy: 'RetainExceptOnCreate' }), C: thing({ Fail: ['create'] }, { DependsOn: ['A', 'B'] }),
    });
    expect(cfn.calls.filter((call) => call.startsWith('delete'))).toEqual(['delete B-2']);
    expect(await cfn.history()).toContain('A DELETE_SKIPPED');
  });

  test('a roll-back that fails says so', async () => {
    expect(await cfn.deploy({ A: thing({ Fail: ['delete'] }), B: thing({ Fail: ['create'] }, { DependsOn: 'A' }) })).toBe('ROLLBACK_FAILED');
    expect((await cfn.stack()).StackStatusReason).toBe('The following resource(s) failed to delete: [A].');
  });

  test('a type that nobody plays is named, and nothing is created', async () => {
    await expect(cfn.deploy({ A: { Type: 'AWS::SNS::Topic' } })).rejects.toThrow(/Unrecognized resource types: \[AWS::SNS::Topic\]/);
    await expect(cfn.stack()).rejects.toThrow('Stack with id S does not exist');
  });
});

describe('update', () => {
  test('only what changed is called, also through references, and what left the template is deleted at the end', async () => {
    await cfn.deploy({ A: thing({ Value: '1' }), B: thing({ X: value('A') }), Same: thing(), Gone: thing() });
    cfn.takeCalls();
    expect(await cfn.deploy({ A: thing({ Value: '2' }), B: thing({ X: value('A') }), Same: thing(), New: thing({ X: ref('B') }) })).toBe('UPDATE_COMPLETE');
    expect(cfn.takeCalls()).toEqual([
      'update A-1 {"Value":"2"}', expect.stringMatching(/^update B-\d {"X":"2"}$/), expect.stringMatching(/^create New/), expect.stringMatching(/^delete Gone-\d$/),
    ]);
    const history = await cfn.history();
    expect(history.indexOf('Gone DELETE_IN_PROGRESS')).toBeGreaterThan(history.indexOf('S UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'));
    expect(Object.keys(await physicalIds()).sort()).toEqual(['A', 'B', 'New', 'Same']);
  });

  test('a replaced resource is deleted in the clean-up, after those that referred to it have the new one', async () => {
    await cfn.deploy({ A: thing({ Key: '1' }), B: thing({ X: ref('A') }) });
    cfn.takeCalls();
    await cfn.deploy({ A: thing({ Key: '2' }), B: thing({ X: ref('A') }) });
    expect(cfn.takeCalls()).toEqual(['create A {"Key":"2"}', 'update B-2 {"X":"A-3"}', 'delete A-1']);
    expect(await physicalIds()).toEqual({ A: 'A-3', B: 'B-2' });
  });

  test('UpdateReplacePolicy keeps a replaced resource, DeletionPolicy one that left the template', async () => {
    await cfn.deploy({ A: thing({ Key: '1' }, { UpdateReplacePolicy: 'Retain' }), B: thing({}, { DeletionPolicy: 'Retain' }), C: thing() });
    cfn.takeCalls();
    await cfn.deploy({ A: thing({ Key: '2' }, { UpdateReplacePolicy: 'Retain' }), C: thing() });
    expect(cfn.takeCalls()).toEqual(['create A {"Key":"2"}']);
  });

  test('a clean-up that fails does not fail the update', async () => {
    await cfn.deploy({ A: thing(), B: thing({ Fail: ['delete'] }) });
    expect(await cfn.deploy({ A: thing() })).toBe('UPDATE_COMPLETE');
    expect(await cfn.history()).toContain('B DELETE_FAILED: delete failed as asked');
    expect(Object.keys(await physicalIds())).toEqual(['A']);
  });

  test('nothing to do is refused', async () => {
    await cfn.deploy({ A: thing() });
    await expect(cfn.deploy({ A: thing() })).rejects.toThrow('No updates are to be performed.');
    await expect(cfn.deploy({ A: { Type: 'Custom::Other' } })).rejects.toThrow(/Update of resource type is not permitted/);
  });

  test('a failure takes every change back', async () => {
    const outputs = { Outputs: { O: { Value: value('A') } } };
    await cfn.deploy({ A: thing({ Value: '1' }), R: thing({ Key: '1' }), B: thing({ X: '1' }), Gone: thing() }, outputs);
    const before = await physicalIds();
    cfn.takeCalls();
    const status = await cfn.deploy({
      A: thing({ Value: '2' }),
      R: thing({ Key: '2' }),
      New: thing({}, { DependsOn: ['A', 'R'] }),
      B: thing({ X: '2', Fail: ['update'] }, { DependsOn: 'New' }),
    }, outputs);
    expect(status).toBe('UPDATE_ROLLBACK_COMPLETE');
    const [back, cleanUp] = [cfn.calls.slice(4, 6), cfn.calls.slice(6)];
    expect(back.sort()).toEqual([`update ${before.A} {"Value":"1"}`, `update ${before.B} {"X":"1"}`]);
    expect(cleanUp.sort()).toEqual([expect.stringMatching(/^delete New-/), expect.stringMatching(/^delete R-/)]);
    expect(cleanUp).not.toContain(`delete ${before.R}`);
    expect(await physicalIds()).toEqual(before);
    expect((await cfn.stack()).Outputs![0].OutputValue).toBe('1');

    const stackEvents = (await cfn.history()).filter((line) => line.startsWith('S ')).slice(2);
    expect(stackEvents).toEqual([
      'S UPDATE_IN_PROGRESS: User Initiated',
      'S UPDATE_ROLLBACK_IN_PROGRESS: The following resource(s) failed to update: [B].',
      'S UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
      'S UPDATE_ROLLBACK_COMPLETE',
    ]);
    await expect(cfn.deploy({ A: thing({ Value: '1' }), R: thing({ Key: '1' }), B: thing({ X: '1' }), Gone: thing() }, outputs))
      .rejects.toThrow('No updates are to be performed.');
  });

  test('a roll-back that fails can be continued, and goes on where it stopped', async () => {
    await cfn.deploy({ A: thing({ X: '1', Fail: ['update'] }), B: thing({ X: '1' }) });
    cfn.takeCalls();
    expect(await cfn.deploy({ A: thing({ X: '2', Fail: ['update'] }, { DependsOn: 'B' }), B: thing({ X: '2' }) })).toBe('UPDATE_ROLLBACK_FAILED');
    expect(cfn.takeCalls()).toHaveLength(4);
    await cfn.client.send(new ContinueUpdateRollbackCommand({ StackName: 'S', ResourcesToSkip: ['A'] }));
    expect((await cfn.cloudFormation.settled('S')).status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(cfn.takeCalls()).toEqual([]);
    expect(await cfn.history()).toContain('A UPDATE_COMPLETE: Resource skipped during UpdateRollback');
  });
});

describe('without roll-back', () => {
  test('a failed creation stays, and the next deployment goes on from there', async () => {
    const disableRollback = true;
    expect(await cfn.deploy({ A: thing(), B: thing({ Fail: ['create'] }, { DependsOn: 'A' }) }, {}, { disableRollback })).toBe('CREATE_FAILED');
    expect((await cfn.stack()).StackStatusReason).toBe('The following resource(s) failed to create: [B].');
    cfn.takeCalls();
    expect(await cfn.deploy({ A: thing(), B: thing({}, { DependsOn: 'A' }) }, {}, { disableRollback })).toBe('UPDATE_COMPLETE');
    expect(cfn.takeCalls()).toEqual(['create B {}']);
  });

  test('a failed update stays; the next one goes on, and a roll-back leads to what was there before both', async () => {
    const disableRollback = true;
    await cfn.deploy({ A: thing({ X: '1' }), B: thing({ X: '1' }) });
    expect(await cfn.deploy({ A: thing({ X: '2' }), B: thing({ X: '2', Fail: ['update'] }, { DependsOn: 'A' }) }, {}, { disableRollback })).toBe('UPDATE_FAILED');
    cfn.takeCalls();
    expect(await cfn.deploy({ A: thing({ X: '2' }), B: thing({ X: '3', Fail: ['update'] }, { DependsOn: 'A' }) }, {}, { disableRollback })).toBe('UPDATE_FAILED');
    expect(cfn.takeCalls()).toEqual([expect.stringMatching(/^update B-2 {"X":"3"/)]);
    await cfn.client.send(new RollbackStackCommand({ StackName: 'S' }));
    expect((await cfn.cloudFormation.settled('S')).status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(cfn.takeCalls().sort()).toEqual(['update A-1 {"X":"1"}', 'update B-2 {"X":"1"}']);
  });

  test('a failed creation can be rolled back later', async () => {
    await cfn.deploy({ A: thing(), B: thing({ Fail: ['create'] }, { DependsOn: 'A' }) }, {}, { disableRollback: true });
    await cfn.client.send(new RollbackStackCommand({ StackName: 'S' }));
    expect((await cfn.cloudFormation.settled('S')).status).toBe('ROLLBACK_COMPLETE');
    expect(cfn.calls.at(-1)).toBe('delete A-1');
  });
});

describe('delete', () => {
  test('resources go in the opposite order, and the stack is found by its id only', async () => {
    await cfn.deploy({ A: thing(), B: thing({ X: ref('A') }), Kept: thing({ X: ref('B') }, { DeletionPolicy: 'Retain' }) });
    const { StackId } = await cfn.stack();
    cfn.takeCalls();
    expect(await destroy()).toBe('DELETE_COMPLETE');
    expect(cfn.takeCalls()).toEqual(['delete B-2', 'delete A-1']);
    await expect(cfn.stack()).rejects.toThrow('Stack with id S does not exist');
    expect(await cfn.stack(StackId)).toMatchObject({ StackStatus: 'DELETE_COMPLETE', DeletionTime: expect.any(Date) });
  });

  test('what cannot be deleted stays, with what it needs', async () => {
    await cfn.deploy({ A: thing(), B: thing({ X: ref('A'), Fail: ['delete'] }), C: thing() });
    cfn.takeCalls();
    expect(await destroy()).toBe('DELETE_FAILED');
    expect((await cfn.stack()).StackStatusReason).toBe('The following resource(s) failed to delete: [B].');
    expect(Object.keys(await physicalIds()).sort()).toEqual(['A', 'B']);
  });

  test('what is gone with its stack, or in the roll-back of its creation, is still described', async () => {
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
    await destroy('T');
    expect(await described(id)).toEqual([[expect.stringMatching(/^A-/), 'DELETE_SKIPPED']]);
  });

  test('a stack is deleted in the middle of its creation, with what is still being made', async () => {
    let open = (): void => undefined;
    cfn.gates.set('A', new Promise<void>((resolve) => {
      open = resolve;
    }));
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
])('a provider that never comes back keeps nobody from closing in the middle of a %s', async (_, resources, status) => {
  cfn.gates.set('Slow', new Promise<void>(() => {}));
  await cfn.begin(resources);
  await until(() => cfn.cloudFormation.stacks.get('S').status === status);
  await cfn.cloudFormation.close();
  expect(cfn.cloudFormation.stacks.get('S').operation).toBeUndefined();
});

describe('other stacks', () => {
  const producer = (more: object = {}): object => ({ Outputs: { Id: { Value: ref('A'), Export: { Name: 'P:Id' } } }, ...more });

  test('an export in use is neither changed nor deleted', async () => {
    await cfn.deploy({ A: thing({ Key: '1' }) }, { ...producer() }, { name: 'P' });
    expect(await cfn.deploy({ B: thing({ X: { 'Fn::ImportValue': 'P:Id' } }) })).toBe('CREATE_COMPLETE');
    expect(cfn.takeCalls().at(-1)).toBe('create B {"X":"A-1"}');

    expect(await cfn.deploy({ A: thing({ Key: '2' }) }, { ...producer() }, { name: 'P' })).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await cfn.history('P')).toContain('P UPDATE_ROLLBACK_IN_PROGRESS: Export P:Id cannot be updated as it is in use by S');
    expect(await cfn.deploy({ A: thing({ Key: '1', New: true }) }, {}, { name: 'P' })).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await cfn.history('P')).toContain('P UPDATE_ROLLBACK_IN_PROGRESS: Export P:Id cannot be deleted as it is in use by S');

    cfn.takeCalls();
    expect(await destroy('P')).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect((await cfn.stack('P')).StackStatusReason).toBe('Delete canceled. Cannot delete export P:Id as it is in use by S.');
    expect(cfn.takeCalls()).toEqual([]);
    await destroy('S');
    expect(await destroy('P')).toBe('DELETE_COMPLETE');
  });

  test('a name can be exported once', async () => {
    await cfn.deploy({ A: thing() }, { ...producer() }, { name: 'P' });
    expect(await cfn.deploy({ A: thing() }, { ...producer() }, { name: 'Q' })).toBe('ROLLBACK_COMPLETE');
    expect((await cfn.history('Q')).join()).toContain('Export with name P:Id is already exported by stack P');
  });

  test('a weak reference sees the output, and keeps nobody from deleting it', async () => {
    await cfn.deploy({ A: thing() }, { Outputs: { Id: { Value: ref('A') } } }, { name: 'P' });
    const weak = { 'Fn::GetStackOutput': { StackName: 'P', OutputName: 'Id', Region: ref('AWS::Region') } };
    expect(await cfn.deploy({ B: thing({ X: weak }) })).toBe('CREATE_COMPLETE');
    expect(cfn.takeCalls().at(-1)).toBe('create B {"X":"A-1"}');
    expect(await destroy('P')).toBe('DELETE_COMPLETE');
    await expect(cfn.deploy({ B: thing({ X: weak, Y: 1 }) })).rejects.toThrow(/output Id of stack P/);
  });

  test('an export that nobody makes is refused', async () => {
    await expect(cfn.deploy({ B: thing({ X: { 'Fn::ImportValue': 'Nowhere' } }) })).rejects.toThrow('No export named Nowhere found.');
  });
});
