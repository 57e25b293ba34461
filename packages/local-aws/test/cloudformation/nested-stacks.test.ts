import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { attribute, Harness, nestedStack, ref, thing, type HarnessOptions, type Resources } from './harness';
import { eventually } from '../foundation';

let cfn: Harness;

async function start(options?: HarnessOptions): Promise<void> {
  cfn = await Harness.start(options);
}

beforeEach(async () => start());
afterEach(() => cfn.stop());

/** Stores the template of a nested stack. The output `Value` of the template is the attribute `Value` of the resource `A`. */
function template(key: string, resources: Resources = { A: thing({ Value: ref('P') }) }): void {
  cfn.templates.set(key, JSON.stringify({
    Parameters: { P: { Type: 'String', Default: 'none' } }, Resources: resources, Outputs: { Value: { Value: attribute('A', 'Value') } },
  }));
}

function nested() {
  return cfn.cloudFormation.stacks.all().find(({ parent }) => parent)!;
}

/** Returns the statuses of the nested stack, oldest first. */
async function statuses(): Promise<string[]> {
  const { name, id } = nested();
  return (await cfn.history(id)).filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));
}

const user = (value: object) => thing({ X: value });

describe('a nested stack', () => {
  test('is created with parameters, and its parent can read its outputs', async () => {
    template('N');
    expect(await cfn.deploy({ N: nestedStack('N', { P: 7 }), B: user(attribute('N', 'Outputs.Value')) })).toBe('CREATE_COMPLETE');
    expect(cfn.takeCalls()).toEqual(['create A {"Value":"7"}', 'create B {"X":"7"}']);
    const { id, name } = nested();
    expect(name).toMatch(/^S-N-[A-Z0-9]{12}$/);
    expect((await cfn.physicalIds()).N).toBe(id);
    const [root, child] = [await cfn.stack(), await cfn.stack(name)];
    expect(child).toMatchObject({ StackId: id, ParentId: root.StackId, RootId: root.StackId, StackStatus: 'CREATE_COMPLETE' });
    expect(root).not.toHaveProperty('ParentId');
    expect((await cfn.client.send(new DescribeStacksCommand({}))).Stacks).toHaveLength(2);
  });

  test('shows its id in the events of its parent as soon as its creation begins', async () => {
    template('N');
    const open = cfn.gate('A');
    await cfn.begin({ N: nestedStack('N') });
    await eventually(() => cfn.calls.length === 1);
    expect(await cfn.history()).toContain('N CREATE_IN_PROGRESS: Resource creation Initiated');
    expect((await cfn.physicalIds()).N).toBe(nested().id);
    open();
    await cfn.cloudFormation.settled('S');
  });

  test('is updated by a new template, and cleans up only after its parent has been updated', async () => {
    template('N1', { A: thing({ Value: '1' }), Gone: thing() });
    template('N2', { A: thing({ Value: '2' }) });
    const resources = (key: string): Resources => ({ N: nestedStack(key), B: user(attribute('N', 'Outputs.Value')) });
    await cfn.deploy(resources('N1'));
    cfn.takeCalls();
    expect(await cfn.deploy(resources('N2'))).toBe('UPDATE_COMPLETE');
    expect(cfn.takeCalls()).toEqual([/^update A-.*"2"/, /^update B-.*"2"/, /^delete Gone/].map((call) => expect.stringMatching(call)));
    expect((await statuses()).slice(2)).toEqual(['UPDATE_IN_PROGRESS: User Initiated', 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', 'UPDATE_COMPLETE']);
  });

  test('lets its parent read an output that an update of its template adds', async () => {
    cfn.templates.set('without output', JSON.stringify({ Resources: { A: thing() } }));
    template('N');
    await cfn.deploy({ N: nestedStack('without output') });
    expect(await cfn.deploy({ N: nestedStack('N'), B: user(attribute('N', 'Outputs.Value')) })).toBe('UPDATE_COMPLETE');
    expect(cfn.takeCalls().at(-1)).toBe('create B {"X":"none"}');
  });

  test('is deleted when its parent is deleted or when the template of its parent no longer contains it', async () => {
    template('N');
    await cfn.deploy({ N: nestedStack('N'), B: thing() });
    expect(await cfn.deploy({ B: thing() })).toBe('UPDATE_COMPLETE');
    expect(nested().status).toBe('DELETE_COMPLETE');
    await cfn.deploy({ N: nestedStack('N'), B: thing() });
    expect(await cfn.destroy()).toBe('DELETE_COMPLETE');
    expect(cfn.cloudFormation.stacks.live()).toEqual([]);
  });

  test('is deleted if its creation fails, and the event in its parent contains the reason', async () => {
    template('N', { A: thing({ Fail: ['create'] }) });
    expect(await cfn.deploy({ N: nestedStack('N') })).toBe('ROLLBACK_COMPLETE');
    expect(await cfn.history()).toContain(
      `N CREATE_FAILED: Embedded stack ${nested().id} was not successfully created: The following resource(s) failed to create: [A].`);
    expect((await statuses()).map((line) => line.split(':')[0])).toEqual(['CREATE_IN_PROGRESS', 'CREATE_FAILED', 'DELETE_IN_PROGRESS', 'DELETE_COMPLETE']);
  });

  test('makes the deletion of its parent fail if it cannot be deleted', async () => {
    template('N', { A: thing({ Fail: ['delete'] }) });
    await cfn.deploy({ N: nestedStack('N') });
    expect(await cfn.destroy()).toBe('DELETE_FAILED');
    expect(await cfn.history()).toContain(
      `N DELETE_FAILED: Embedded stack ${nested().id} was not successfully deleted: The following resource(s) failed to delete: [A].`);
  });

  test('makes the creation of its parent fail if its template is missing or if it has TimeoutInMinutes', async () => {
    expect(await cfn.deploy({ N: nestedStack('N') })).toBe('ROLLBACK_COMPLETE');
    expect(await cfn.history()).toContain('N CREATE_FAILED: no object templates/N');
    await cfn.destroy();
    template('N');
    const definition = nestedStack('N');
    expect(await cfn.deploy({ N: { ...definition, Properties: { ...definition.Properties as object, TimeoutInMinutes: 5 } } })).toBe('ROLLBACK_COMPLETE');
    expect(await cfn.history()).toContain('N CREATE_FAILED: TimeoutInMinutes of AWS::CloudFormation::Stack isn\'t emulated by the local CloudFormation');
  });
});

describe('the roll-back of a parent stack', () => {
  const update = (key: string, more: Record<string, unknown> = {}): Resources => ({ N: nestedStack(key), B: thing(more, { DependsOn: 'N' }) });

  beforeEach(() => {
    template('N1', { A: thing({ Value: '1' }), Gone: thing() });
    template('N2', { A: thing({ Value: '2' }), New: thing() });
    template('Bad', { A: thing({ Value: '2' }), Bad: thing({ Fail: ['create'] }, { DependsOn: 'A' }) });
  });

  test('rolls back an updated nested stack', async () => {
    await cfn.deploy(update('N1'));
    cfn.takeCalls();
    expect(await cfn.deploy(update('N2', { Fail: ['update'] }))).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect((await statuses()).slice(2)).toEqual([
      'UPDATE_IN_PROGRESS: User Initiated', 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
      'UPDATE_ROLLBACK_IN_PROGRESS', 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS', 'UPDATE_ROLLBACK_COMPLETE',
    ]);
    expect(nested().outputs).toMatchObject([{ key: 'Value', value: '1' }]);
    expect([...nested().resources.keys()]).toEqual(['A', 'Gone']);
    expect(cfn.takeCalls().at(-1)).toMatch(/^delete New-/);
  });

  test('rolls back a nested stack that could not be updated', async () => {
    await cfn.deploy(update('N1'));
    expect(await cfn.deploy(update('Bad'))).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await cfn.history()).toContain(`N UPDATE_FAILED: Embedded stack ${nested().id} was not successfully updated. `
      + 'Currently in UPDATE_ROLLBACK_IN_PROGRESS with reason: The following resource(s) failed to create: [Bad].');
    expect((await statuses()).slice(2)).toEqual([
      'UPDATE_IN_PROGRESS: User Initiated', 'UPDATE_ROLLBACK_IN_PROGRESS: The following resource(s) failed to create: [Bad].',
      'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS', 'UPDATE_ROLLBACK_COMPLETE',
    ]);
    expect(nested().outputs).toMatchObject([{ key: 'Value', value: '1' }]);
  });

  test('does not wait for the update or the creation of a nested stack', async () => {
    await cfn.deploy({ N: nestedStack('N1'), B: thing() });
    const openings = ['A', 'C'].map((logicalId) => cfn.gate(logicalId));
    template('N3', { A: thing(), C: thing() });
    const deployed = cfn.deploy({ N: nestedStack('N2'), O: nestedStack('N3'), B: thing({ Fail: ['update'] }) });
    await eventually(() => nested().status === 'UPDATE_ROLLBACK_IN_PROGRESS');
    openings.forEach((open) => open());
    expect(await deployed).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(cfn.cloudFormation.stacks.all().map(({ status }) => status)).toEqual(['UPDATE_ROLLBACK_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE', 'DELETE_COMPLETE']);
    expect(cfn.calls).toContainEqual(expect.stringMatching(/^delete C-/));
  });

  test('does not change a nested stack if the update of the nested stack has not begun', async () => {
    await cfn.deploy({ N: nestedStack('N1'), B: thing() });
    const body = cfn.templates.get('N2')!;
    let deliver = (): void => undefined;
    cfn.templates.set('N2', new Promise((resolve) => {
      deliver = () => resolve(body);
    }));
    expect(await cfn.deploy({ N: nestedStack('N2'), B: thing({ Fail: ['update'] }) })).toBe('UPDATE_ROLLBACK_COMPLETE');
    deliver();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(nested().status).toBe('CREATE_COMPLETE');
    expect(nested().unfinished).toBeUndefined();
  });

  test('rolls back the stacks that are nested in nested stacks', async () => {
    for (const key of ['N1', 'N2']) {
      cfn.templates.set(`of ${key}`, JSON.stringify({ Resources: { Inner: nestedStack(key) } }));
    }
    await cfn.deploy(update('of N1'));
    expect(await cfn.deploy(update('of N2', { Fail: ['update'] }))).toBe('UPDATE_ROLLBACK_COMPLETE');
    const [root, middle, inner] = cfn.cloudFormation.stacks.all();
    expect([middle.status, inner.status]).toEqual(['UPDATE_ROLLBACK_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE']);
    expect(inner.root).toBe(root);
    expect(inner.outputs).toMatchObject([{ value: '1' }]);
  });

  test('gives a nested stack the statuses of an ordinary update if nestedStackShowsRollback is false', async () => {
    await cfn.stop();
    const { templates } = cfn;
    await start({ cloudformation: { nestedStackShowsRollback: false } });
    templates.forEach((body, key) => cfn.templates.set(key, body));
    await cfn.deploy(update('N1'));
    expect(await cfn.deploy(update('N2', { Fail: ['update'] }))).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect((await statuses()).slice(2)).toEqual([
      'UPDATE_IN_PROGRESS: User Initiated', 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
      'UPDATE_IN_PROGRESS: User Initiated', 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', 'UPDATE_COMPLETE',
    ]);
    expect([...nested().resources.keys()]).toEqual(['A', 'Gone']);
  });

  test('does not happen with DisableRollback, and the next update completes the nested stack', async () => {
    await cfn.deploy(update('N1'));
    expect(await cfn.deploy(update('Bad'), {}, { disableRollback: true })).toBe('UPDATE_FAILED');
    expect(nested().status).toBe('UPDATE_FAILED');
    expect(await cfn.deploy(update('N2'))).toBe('UPDATE_COMPLETE');
    expect(nested().status).toBe('UPDATE_COMPLETE');
    expect([...nested().resources.keys()].sort()).toEqual(['A', 'New']);
  });
});

test('the deletion of a parent stack aborts the running creation of a nested stack', async () => {
  template('N');
  const open = cfn.gate('A');
  await cfn.begin({ N: nestedStack('N') });
  await eventually(() => cfn.calls.length === 1);
  const deleted = cfn.destroy();
  open();
  expect(await deleted).toBe('DELETE_COMPLETE');
  expect(nested().status).toBe('DELETE_COMPLETE');
  expect(cfn.calls).toContainEqual(expect.stringMatching(/^delete A-/));
});
