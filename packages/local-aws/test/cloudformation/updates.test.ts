import { ContinueUpdateRollbackCommand, RollbackStackCommand } from '@aws-sdk/client-cloudformation';
import { attribute, Harness, ref, thing } from './harness';

let cfn: Harness;

beforeEach(async () => {
  cfn = await Harness.start();
});

afterEach(() => cfn.stop());

describe('when a stack is updated', () => {
  test('only changed resources and their dependants are updated, and removed resources are deleted at the end', async () => {
    await cfn.deploy({ A: thing({ Value: '1' }), B: thing({ X: attribute('A', 'Value') }), Same: thing(), Gone: thing() });
    cfn.takeCalls();
    expect(await cfn.deploy({ A: thing({ Value: '2' }), B: thing({ X: attribute('A', 'Value') }), Same: thing(), New: thing({ X: ref('B') }) })).toBe('UPDATE_COMPLETE');
    expect(cfn.takeCalls()).toEqual([
      'update A-1 {"Value":"2"}', expect.stringMatching(/^update B-\d {"X":"2"}$/), expect.stringMatching(/^create New/), expect.stringMatching(/^delete Gone-\d$/),
    ]);
    const history = await cfn.history();
    expect(history.indexOf('Gone DELETE_IN_PROGRESS')).toBeGreaterThan(history.indexOf('S UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'));
    expect(Object.keys(await cfn.physicalIds()).sort()).toEqual(['A', 'B', 'New', 'Same']);
  });

  test('a replaced resource is deleted only after its dependants refer to the new resource', async () => {
    await cfn.deploy({ A: thing({ Key: '1' }), B: thing({ X: ref('A') }) });
    cfn.takeCalls();
    await cfn.deploy({ A: thing({ Key: '2' }), B: thing({ X: ref('A') }) });
    expect(cfn.takeCalls()).toEqual(['create A {"Key":"2"}', 'update B-2 {"X":"A-3"}', 'delete A-1']);
    expect(await cfn.physicalIds()).toEqual({ A: 'A-3', B: 'B-2' });
  });

  test('a replaced resource with UpdateReplacePolicy Retain and a removed resource with DeletionPolicy Retain are kept', async () => {
    await cfn.deploy({ A: thing({ Key: '1' }, { UpdateReplacePolicy: 'Retain' }), B: thing({}, { DeletionPolicy: 'Retain' }), C: thing() });
    cfn.takeCalls();
    await cfn.deploy({ A: thing({ Key: '2' }, { UpdateReplacePolicy: 'Retain' }), C: thing() });
    expect(cfn.takeCalls()).toEqual(['create A {"Key":"2"}']);
  });

  test('the update succeeds even if the deletion of a removed resource fails', async () => {
    await cfn.deploy({ A: thing(), B: thing({ Fail: ['delete'] }) });
    expect(await cfn.deploy({ A: thing() })).toBe('UPDATE_COMPLETE');
    expect(await cfn.history()).toContain('B DELETE_FAILED: delete failed as asked');
    expect(Object.keys(await cfn.physicalIds())).toEqual(['A']);
  });

  test('an update that changes nothing or changes a resource type is refused', async () => {
    await cfn.deploy({ A: thing() });
    await expect(cfn.deploy({ A: thing() })).rejects.toThrow('No updates are to be performed.');
    await expect(cfn.deploy({ A: { Type: 'Custom::Other' } })).rejects.toThrow(/Update of resource type is not permitted/);
  });

  test('every change is rolled back after a failure', async () => {
    const outputs = { Outputs: { O: { Value: attribute('A', 'Value') } } };
    await cfn.deploy({ A: thing({ Value: '1' }), R: thing({ Key: '1' }), B: thing({ X: '1' }), Gone: thing() }, outputs);
    const before = await cfn.physicalIds();
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
    expect(await cfn.physicalIds()).toEqual(before);
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

  test('a failed roll-back continues where it stopped', async () => {
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

describe('when a deployment fails without roll-back', () => {
  test('the created resources are kept, and the next deployment creates the others', async () => {
    const disableRollback = true;
    expect(await cfn.deploy({ A: thing(), B: thing({ Fail: ['create'] }, { DependsOn: 'A' }) }, {}, { disableRollback })).toBe('CREATE_FAILED');
    expect((await cfn.stack()).StackStatusReason).toBe('The following resource(s) failed to create: [B].');
    cfn.takeCalls();
    expect(await cfn.deploy({ A: thing(), B: thing({}, { DependsOn: 'A' }) }, {}, { disableRollback })).toBe('UPDATE_COMPLETE');
    expect(cfn.takeCalls()).toEqual(['create B {}']);
  });

  test('the next deployment continues the update, and a later roll-back returns to the state before the first failed update', async () => {
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

describe('references to other stacks', () => {
  const producer = (more: object = {}): object => ({ Outputs: { Id: { Value: ref('A'), Export: { Name: 'P:Id' } } }, ...more });

  test('an export that another stack imports can be neither changed nor deleted', async () => {
    await cfn.deploy({ A: thing({ Key: '1' }) }, { ...producer() }, { name: 'P' });
    expect(await cfn.deploy({ B: thing({ X: { 'Fn::ImportValue': 'P:Id' } }) })).toBe('CREATE_COMPLETE');
    expect(cfn.takeCalls().at(-1)).toBe('create B {"X":"A-1"}');

    expect(await cfn.deploy({ A: thing({ Key: '2' }) }, { ...producer() }, { name: 'P' })).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await cfn.history('P')).toContain('P UPDATE_ROLLBACK_IN_PROGRESS: Export P:Id cannot be updated as it is in use by S');
    expect(await cfn.deploy({ A: thing({ Key: '1', New: true }) }, {}, { name: 'P' })).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await cfn.history('P')).toContain('P UPDATE_ROLLBACK_IN_PROGRESS: Export P:Id cannot be deleted as it is in use by S');

    cfn.takeCalls();
    expect(await cfn.destroy('P')).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect((await cfn.stack('P')).StackStatusReason).toBe('Delete canceled. Cannot delete export P:Id as it is in use by S.');
    expect(cfn.takeCalls()).toEqual([]);
    await cfn.destroy('S');
    expect(await cfn.destroy('P')).toBe('DELETE_COMPLETE');
  });

  test('export names must be unique', async () => {
    await cfn.deploy({ A: thing() }, { ...producer() }, { name: 'P' });
    expect(await cfn.deploy({ A: thing() }, { ...producer() }, { name: 'Q' })).toBe('ROLLBACK_COMPLETE');
    expect((await cfn.history('Q')).join()).toContain('Export with name P:Id is already exported by stack P');
  });

  test('Fn::GetStackOutput returns an output of another stack, and the other stack can still be deleted', async () => {
    await cfn.deploy({ A: thing() }, { Outputs: { Id: { Value: ref('A') } } }, { name: 'P' });
    const weak = { 'Fn::GetStackOutput': { StackName: 'P', OutputName: 'Id', Region: ref('AWS::Region') } };
    expect(await cfn.deploy({ B: thing({ X: weak }) })).toBe('CREATE_COMPLETE');
    expect(cfn.takeCalls().at(-1)).toBe('create B {"X":"A-1"}');
    expect(await cfn.destroy('P')).toBe('DELETE_COMPLETE');
    await expect(cfn.deploy({ B: thing({ X: weak, Y: 1 }) })).rejects.toThrow(/output Id of stack P/);
  });

  test('a reference to a missing export is refused', async () => {
    await expect(cfn.deploy({ B: thing({ X: { 'Fn::ImportValue': 'Nowhere' } }) })).rejects.toThrow('No export named Nowhere found.');
  });
});
