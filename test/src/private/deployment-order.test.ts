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

describe('isDeployedAfter() is true for a resource and', () => {
  test.each<[string, (stack: Stack) => [CfnResource, CfnResource]]>([
    ['a resource that it depends on', (stack) => {
      const [first, second] = [thing(stack, 'First'), thing(stack, 'Second')];
      second.addDependency(first);
      return [first, second];
    }],
    ['a resource that it refers to', (stack) => {
      const first = thing(stack, 'First');
      return [first, thing(stack, 'Second', first)];
    }],
    ['a dependency of a resource that it refers to', (stack) => {
      const [first, between] = [thing(stack, 'First'), thing(stack, 'Between')];
      between.addDependency(first);
      return [first, thing(stack, 'Second', between)];
    }],
    ['a resource that it refers to in a nested stack', (stack) => {
      const first = thing(new NestedStack(stack, 'Nested'), 'First');
      return [first, thing(stack, 'Second', first)];
    }],
    ['a resource that another resource of its nested stack refers to', (stack) => {
      const first = thing(stack, 'First');
      const nested = new NestedStack(stack, 'Nested');
      thing(nested, 'Between', first);
      return [first, thing(nested, 'Second')];
    }],
    ['a resource that it refers to from one nested stack to another', (stack) => {
      const first = thing(new NestedStack(stack, 'One'), 'First');
      return [first, thing(new NestedStack(stack, 'Other'), 'Second', first)];
    }],
    ['a resource that it refers to in another stack', (stack) => {
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
