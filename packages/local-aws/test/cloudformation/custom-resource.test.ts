import { attribute, custom, FUNCTION_ARN, Harness, thing, type CustomResourceEvent } from './harness';
import type { UpdateReversal } from '../../src/cloudformation/cloudformation';
import { eventually } from '../foundation';

/** Returns a Thing whose creation and updates fail. The Thing depends on the named resource. */
const failsAfter = (name: string): Record<string, unknown> => thing({ X: 'new', Fail: ['update', 'create'] }, { DependsOn: name });

let cfn: Harness;

async function start(options: Parameters<typeof Harness.start>[0] = {}): Promise<void> {
  cfn = await Harness.start(options);
}

afterEach(() => cfn.stop());

/** Returns the requests since the previous call of `requests`, without their ServiceToken, such as `Update C-id {"A":"2"} was {"A":"1"}`. */
function requests(): string[] {
  const shown = (properties: Record<string, unknown> = {}): string => {
    const { ServiceToken, ...rest } = properties;
    return JSON.stringify(rest);
  };
  return cfn.events.splice(0).map((event) => [
    event.RequestType, event.PhysicalResourceId, shown(event.ResourceProperties), event.OldResourceProperties && `was ${shown(event.OldResourceProperties)}`,
  ].filter(Boolean).join(' '));
}

describe('CloudFormation', () => {
  test('converts every scalar in the properties of a custom resource to a string', async () => {
    await start();
    await cfn.deploy({ C: custom({ Number: 1, Yes: true, Nested: { List: [1, false, 'x'] } }) });
    const [event] = cfn.events;
    expect(event).toEqual({
      RequestType: 'Create',
      ServiceToken: FUNCTION_ARN,
      ResponseURL: expect.stringMatching(/^https:\/\/cloudformation-custom-resource-response\.local\/_response\/[0-9a-f]+\?X-Amz-Date=\d{8}T\d{6}Z&X-Amz-Expires=7200$/),
      StackId: (await cfn.stack()).StackId,
      RequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      LogicalResourceId: 'C',
      ResourceType: 'Custom::Thing',
      ResourceProperties: { ServiceToken: FUNCTION_ARN, Number: '1', Yes: 'true', Nested: { List: ['1', 'false', 'x'] } },
    });
  });

  test('uses the Data of a response as attributes of the custom resource, and sends no Update if the properties are unchanged', async () => {
    await start();
    cfn.answer = () => ({ Data: { Count: 3, Name: 'n' } });
    await cfn.deploy({ C: custom({ A: '1' }), T: thing({ X: attribute('C', 'Count'), Id: { Ref: 'C' } }) });
    expect(cfn.takeCalls()).toEqual(['create T {"X":"3","Id":"C-id"}']);
    cfn.answer = () => ({ Data: { Count: 4 } });
    await cfn.deploy({ C: custom({ A: '2' }), T: thing({ X: attribute('C', 'Count'), Id: { Ref: 'C' } }) });
    expect(requests()).toEqual(['Create {"A":"1"}', 'Update C-id {"A":"2"} was {"A":"1"}']);
    expect(cfn.takeCalls()).toEqual(['update T-1 {"X":"4","Id":"C-id"}']);
    await cfn.deploy({ C: custom({ A: '2' }), T: thing({ X: attribute('C', 'Count'), Id: 'fixed' }) });
    expect(requests()).toEqual([]);
  });

  test('fails a resource that refers to a missing attribute', async () => {
    await start();
    expect(await cfn.deploy({ C: custom(), T: thing({ X: attribute('C', 'Nope') }) })).toBe('ROLLBACK_COMPLETE');
    const { StackId } = cfn.events[0];
    expect(await cfn.history()).toContain(
      `T CREATE_FAILED: CustomResource attribute error: Vendor response doesn't contain Nope attribute in object ${StackId}|C|${cfn.events[0].RequestId}`);
  });

  test('masks output values that come from a response with NoEcho', async () => {
    await start();
    cfn.answer = () => ({ Data: { Secret: 's3cret' }, NoEcho: true });
    await cfn.deploy({ C: custom() }, { Outputs: { O: { Value: { 'Fn::Sub': 'x${C.Secret}' } }, Id: { Value: { Ref: 'C' } } } });
    expect((await cfn.stack()).Outputs!.map(({ OutputValue }) => OutputValue)).toEqual(['****', 'C-id']);
  });

  test.each<[string, Record<string, unknown> | string, RegExp]>([
    ['the status FAILED', { Status: 'FAILED', Reason: 'no such bucket' }, /^Received response status \[FAILED\] from custom resource\. Message returned: no such bucket \(RequestId: [0-9a-f-]{36}\)$/],
    ['more than 4096 bytes', { Data: { A: 'x'.repeat(4097) } }, /^Response object is too long\.$/],
    ['no physical id', { PhysicalResourceId: '' }, /^Invalid PhysicalResourceId$/],
    ['the RequestId of another request', { RequestId: 'other' }, /^Invalid response object: Value for property RequestId does not match$/],
    ['invalid JSON', 'oops', /^Response is not valid JSON$/],
  ])('fails a custom resource if its response has %s', async (_, answer, reason) => {
    await start();
    cfn.answer = (event) => event.RequestType === 'Create' ? answer : {};
    expect(await cfn.deploy({ C: custom() })).toBe('ROLLBACK_COMPLETE');
    const failed = (await cfn.history()).find((line) => line.startsWith('C CREATE_FAILED: '));
    expect(failed?.slice('C CREATE_FAILED: '.length)).toMatch(reason);
  });

  test('refuses a response that is sent to an unknown URL', async () => {
    await start();
    expect((await fetch(`${cfn.endpoint}/_response/guess`, { method: 'PUT', body: '{}' })).status).toBe(403);
  });

  test('fails a custom resource if no response arrives within ServiceTimeout', async () => {
    await start({ timeScale: 10 });
    cfn.answer = (event) => event.RequestType === 'Create' ? undefined : {};
    const before = cfn.clock.now();
    const deployed = cfn.deploy({ C: custom({ ServiceTimeout: 900 }) });
    await eventually(() => cfn.events.length === 1);
    cfn.clock.skip(900_000);
    expect(await deployed).toBe('ROLLBACK_COMPLETE');
    expect(cfn.clock.now() - before).toBeGreaterThanOrEqual(900_000);
    expect((await cfn.history()).join('\n')).toContain(
      `CloudFormation did not receive a response from your custom resource. Please check your logs for requestId [${cfn.events[0].RequestId}].`);
    expect(requests()[1]).toMatch(/^Delete S-C-[A-Z0-9]+ /);
  });

  test('times out a request after an hour by default', async () => {
    await start({ timeScale: 20_000 });
    cfn.answer = (event) => event.RequestType === 'Create' ? undefined : {};
    const before = cfn.clock.now();
    await cfn.deploy({ C: custom() });
    expect(cfn.clock.now() - before).toBeGreaterThanOrEqual(3_600_000);
  });

  test('fails a custom resource and sends it no Delete if its function cannot be invoked', async () => {
    await start();
    const ServiceToken = `${FUNCTION_ARN}-gone`;
    expect(await cfn.deploy({ C: custom({ ServiceToken }) })).toBe('ROLLBACK_COMPLETE');
    expect(await cfn.history()).toContain(`C CREATE_FAILED: Function not found: ${ServiceToken}`);
    expect(requests()).toEqual([]);
  });

  test('refuses to change the ServiceToken of a custom resource', async () => {
    await start();
    await cfn.deploy({ C: custom({ A: '1' }) });
    expect(await cfn.deploy({ C: custom({ A: '2', ServiceToken: `${FUNCTION_ARN}-2` }) })).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await cfn.history()).toContain('C UPDATE_FAILED: Modifying service token is not allowed.');
    expect(requests()).toEqual(['Create {"A":"1"}']);
  });
});

describe('a custom resource', () => {
  test('receives a Delete for the old physical id after an Update returns a new physical id', async () => {
    await start();
    cfn.answer = ({ RequestType, ResourceProperties }) => RequestType === 'Delete' ? {} : { PhysicalResourceId: `id-${String(ResourceProperties.A)}` };
    await cfn.deploy({ C: custom({ A: '1' }), T: thing({ X: { Ref: 'C' } }) });
    await cfn.deploy({ C: custom({ A: '2' }), T: thing({ X: { Ref: 'C' } }) });
    expect(requests()).toEqual(['Create {"A":"1"}', 'Update id-1 {"A":"2"} was {"A":"1"}', 'Delete id-1 {"A":"1"}']);
    expect(cfn.takeCalls().at(-1)).toBe('update T-1 {"X":"id-2"}');
    const history = await cfn.history();
    expect(history.indexOf('C DELETE_IN_PROGRESS')).toBeGreaterThan(history.indexOf('S UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'));
  });

  test('is kept if its UpdateReplacePolicy and DeletionPolicy are Retain', async () => {
    await start();
    const retained = { UpdateReplacePolicy: 'Retain', DeletionPolicy: 'Retain' };
    cfn.answer = ({ ResourceProperties }) => ({ PhysicalResourceId: `id-${String(ResourceProperties.A)}` });
    await cfn.deploy({ C: custom({ A: '1' }, retained), T: thing() });
    await cfn.deploy({ C: custom({ A: '2' }, retained), T: thing() });
    await cfn.deploy({ T: thing() });
    expect(requests()).toEqual(['Create {"A":"1"}', 'Update id-1 {"A":"2"} was {"A":"1"}']);
    expect(await cfn.history()).toContain('C DELETE_SKIPPED');
  });

  test.each([
    ['the returned id', { Status: 'FAILED', Reason: 'r', PhysicalResourceId: 'half-made' }, /^Delete half-made \{"A":"1"\}$/],
    ['a generated id', { Status: 'FAILED', Reason: 'r', PhysicalResourceId: undefined }, /^Delete S-C-[A-Z0-9]+ \{"A":"1"\}$/],
  ])('receives a Delete with %s after a failed Create', async (_, answer, expected) => {
    await start();
    cfn.answer = (event) => event.RequestType === 'Create' ? answer : {};
    await cfn.deploy({ C: custom({ A: '1' }) });
    expect(requests()[1]).toMatch(expected);
  });

  test('receives a Delete with a generated id after a cancelled Create; a late response to the Create changes nothing', async () => {
    await start();
    const open = cfn.gate('T');
    cfn.answer = (event) => event.RequestType === 'Create' ? undefined : {};
    await cfn.begin({ C: custom(), T: thing({ Fail: ['create'] }) });
    await eventually(() => cfn.events.length === 1);
    open();
    expect((await cfn.cloudFormation.settled('S')).status).toBe('ROLLBACK_COMPLETE');
    expect(await cfn.history()).toContain('C CREATE_FAILED: Resource creation cancelled');
    expect(await cfn.respond(cfn.events[0], {})).toBe(200);
    expect(requests()).toEqual(['Create {}', expect.stringMatching(/^Delete S-C-[A-Z0-9]+ \{\}$/)]);
    expect((await cfn.stack()).StackStatus).toBe('ROLLBACK_COMPLETE');
  });

  test('the stack ends in DELETE_FAILED if a Delete fails', async () => {
    await start();
    await cfn.deploy({ C: custom() });
    cfn.answer = () => ({ Status: 'FAILED', Reason: 'not empty' });
    expect(await cfn.destroy()).toBe('DELETE_FAILED');
  });
});

describe('the roll-back of an update', () => {
  const outputs = { Outputs: { Id: { Value: { Ref: 'C' } }, V: { Value: attribute('C', 'V') } } };

  test('changes the stack status before the first request to the function', async () => {
    await start();
    const seen: (string | undefined)[] = [];
    cfn.answer = async () => {
      seen.push((await cfn.stack()).StackStatus);
      return {};
    };
    await cfn.deploy({ C: custom({ A: '1' }), T: thing() });
    await cfn.deploy({ C: custom({ A: '2' }), T: failsAfter('C') });
    expect(requests()).toEqual(['Create {"A":"1"}', 'Update C-id {"A":"2"} was {"A":"1"}', 'Update C-id {"A":"1"} was {"A":"2"}']);
    expect(seen).toEqual(['CREATE_IN_PROGRESS', 'UPDATE_IN_PROGRESS', 'UPDATE_ROLLBACK_IN_PROGRESS']);
  });

  test('sends an Update to each resource whose Update failed or was cancelled', async () => {
    await start();
    await cfn.deploy({ C: custom({ A: '1' }), D: custom({ A: '1' }) });
    requests();
    cfn.answer = ({ LogicalResourceId, ResourceProperties }) => ResourceProperties.A === '1' ? {} : LogicalResourceId === 'C' ? { Status: 'FAILED', Reason: 'r' } : undefined;
    expect(await cfn.deploy({ C: custom({ A: '2' }), D: custom({ A: '2' }) })).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(requests().slice(2).sort()).toEqual(['Update C-id {"A":"1"} was {"A":"2"}', 'Update D-id {"A":"1"} was {"A":"2"}']);
    expect(await cfn.history()).toContain('D UPDATE_FAILED: Resource update cancelled');
  });

  // AWS doesn't document how CloudFormation rolls back an Update that returned a new physical id. `rollbackAfterUpdate` selects a possible behaviour.
  const both = (['succeeded', 'failed'] as const);
  test.each<[UpdateReversal, { succeeded: string[]; failed: string[]; id: string; value: string }]>([
    [{ sendsUpdate: true, id: 'new', references: 'new' },
      { succeeded: ['Update id-2 {"A":"1"} was {"A":"2"}', 'Delete id-2 {"A":"2"}'], failed: ['Update id-2 {"A":"1"} was {"A":"2"}', 'Delete id-2 {"A":"2"}'], id: 'id-1', value: 'back' }],
    [{ sendsUpdate: true, id: 'old', references: 'new' },
      { succeeded: ['Update id-1 {"A":"1"} was {"A":"2"}', 'Delete id-2 {"A":"2"}'], failed: ['Update id-1 {"A":"1"} was {"A":"2"}', 'Delete id-2 {"A":"2"}'], id: 'id-1', value: 'back' }],
    [{ sendsUpdate: true, id: 'new', references: 'old' },
      { succeeded: ['Update id-2 {"A":"1"} was {"A":"2"}', 'Delete id-2 {"A":"2"}'], failed: ['Update id-2 {"A":"1"} was {"A":"2"}', 'Delete id-2 {"A":"2"}'], id: 'id-1', value: 'v1' }],
    [{ sendsUpdate: false, id: 'old', references: 'old' },
      { succeeded: ['Delete id-2 {"A":"2"}'], failed: ['Delete id-2 {"A":"2"}'], id: 'id-1', value: 'v1' }],
    [{ sendsUpdate: false, id: 'new', references: 'new' },
      { succeeded: ['Delete id-1 {"A":"1"}'], failed: [], id: 'id-2', value: 'v2' }],
    [{ sendsUpdate: false, id: 'old', references: 'new' },
      { succeeded: ['Delete id-2 {"A":"2"}'], failed: ['Delete id-2 {"A":"2"}'], id: 'id-2', value: 'v2' }],
  ])('follows the option `rollbackAfterUpdate` (%j) if the Update returned a new physical id', async (reversal, expected) => {
    for (const after of both) {
      await start({ cloudformation: { rollbackAfterUpdate: { [after]: reversal } } });
      let isBack = false;
      cfn.answer = ({ RequestType, ResourceProperties }: CustomResourceEvent) => {
        if (RequestType === 'Delete') {
          return {};
        }
        const version = String(ResourceProperties.A);
        const answer = { PhysicalResourceId: `id-${version}`, Data: { V: isBack ? 'back' : `v${version}` } };
        if (version === '1') {
          return answer;
        }
        isBack = true;
        return after === 'failed' ? { ...answer, Status: 'FAILED', Reason: 'r' } : answer;
      };
      await cfn.deploy({ C: custom({ A: '1' }), T: thing({ X: attribute('C', 'V') }) }, outputs);
      requests();
      const next = { C: custom({ A: '2' }), T: thing({ X: attribute('C', 'V') }), Z: failsAfter('T') };
      expect(await cfn.deploy(next, outputs)).toBe('UPDATE_ROLLBACK_COMPLETE');
      const [update, ...reversed] = requests();
      expect(update).toBe('Update id-1 {"A":"2"} was {"A":"1"}');
      expect({ after, reversed }).toEqual({ after, reversed: expected[after] });
      expect((await cfn.stack()).Outputs!.map(({ OutputValue }) => OutputValue)).toEqual([expected.id, expected.value]);
      expect(lastValueOf('T')).toBe(expected.value);
      await cfn.stop();
    }
  });

  /** Returns the value of the property X in the last creation or update of the Thing. */
  function lastValueOf(name: string): string | undefined {
    return /"X":"([^"]*)"/.exec(cfn.calls.filter((call) => new RegExp(`^(create|update) ${name}\\b`).test(call)).at(-1) ?? '')?.[1];
  }
});

describe('a deployment after a failure without roll-back', () => {
  test.each([[true], [false]])('reuses the RequestId of the failed request only if `reusesRequestId` is true (here %s)', async (reusesRequestId) => {
    await start({ cloudformation: { reusesRequestId } });
    cfn.answer = () => ({ Status: 'FAILED', Reason: 'r', PhysicalResourceId: 'half-made' });
    await cfn.deploy({ C: custom({ A: '1' }), T: thing() }, {}, { disableRollback: true });
    cfn.answer = (event) => event.RequestType === 'Create' ? { PhysicalResourceId: 'whole' } : {};
    expect(await cfn.deploy({ C: custom({ A: '2' }), T: thing() }, {}, { disableRollback: true })).toBe('UPDATE_COMPLETE');
    const [first, second] = cfn.events;
    expect(first.RequestId === second.RequestId).toBe(reusesRequestId);
    expect(requests()).toEqual(['Create {"A":"1"}', 'Create {"A":"2"}', 'Delete half-made {"A":"1"}']);
    expect(cfn.calls).toHaveLength(1);
  });
});
