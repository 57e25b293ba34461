import { CfnResource, NestedStack, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { isDeployedAfter } from '../../../src/private/deployment-order';
import { newStack, templateOf } from '../../support/synth';

/** Creates a resource that refers to other resources. */
function thing(scope: Construct, id: string, ...references: CfnResource[]): CfnResource {
  return new CfnResource(scope, id, {
    type: 'Custom::Thing',
    properties: { Text: Stack.of(scope).toJsonString(references.map((resource) => resource.getAtt('Value').toString())) },
  });
}

describe('a resource is deployed after another one', () => {
  test.each<[string, (stack: Stack) => [CfnResource, CfnResource]]>([
    ['that it depends on', (stack) => {
      const [first, second] = [thing(stack, 'First'), thing(stack, 'Second')];
      second.addDependency(first);
      return [first, second];
    }],
    ['that it refers to', (stack) => {
      const first = thing(stack, 'First');
      return [first, thing(stack, 'Second', first)];
    }],
    ['that it refers to by way of a resource that depends on that one', (stack) => {
      const [first, between] = [thing(stack, 'First'), thing(stack, 'Between')];
      between.addDependency(first);
      return [first, thing(stack, 'Second', between)];
    }],
    ['of a nested stack that it refers to', (stack) => {
      const first = thing(new NestedStack(stack, 'Nested'), 'First');
      return [first, thing(stack, 'Second', first)];
    }],
    ['that its nested stack refers to', (stack) => {
      const first = thing(stack, 'First');
      const nested = new NestedStack(stack, 'Nested');
      thing(nested, 'Between', first);
      return [first, thing(nested, 'Second')];
    }],
    ['in a nested stack that its own nested stack refers to', (stack) => {
      const first = thing(new NestedStack(stack, 'One'), 'First');
      return [first, thing(new NestedStack(stack, 'Other'), 'Second', first)];
    }],
    ['of a stack that its own stack refers to', (stack) => {
      const first = thing(stack, 'First');
      return [first, thing(new Stack(stack.node.root, 'Other'), 'Second', first)];
    }],
  ])('%s', (_, build) => {
    const stack = newStack();
    const [first, second] = build(stack);
    templateOf(stack);

    expect([isDeployedAfter(second, first), isDeployedAfter(first, second)]).toEqual([true, false]);
  });
});
