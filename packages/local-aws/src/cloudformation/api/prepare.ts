import type { CloudFormation } from '../cloudformation';
import type { QueryInput } from './query-input';
import type { Caller } from '../../contract';
import { pseudoParameters } from '../operations/engine';
import { prepare } from '../operations/prepare';
import { resourceScope } from '../operations/resource-scope';
import type { ResourceChange } from '../stacks/change-set';
import type { Deployment } from '../stacks/deployment';
import { changes, changesNothing } from '../stacks/diff';
import type { Tag } from '../stacks/resource-record';
import type { Stack } from '../stacks/stack';

/** Reads the desired state of a stack from an API request. Throws if CloudFormation would reject the request without changing a resource. */
export async function prepareDeployment(cloudFormation: CloudFormation, stack: Stack, input: QueryInput, caller: Caller): Promise<Deployment> {
  return prepare(cloudFormation, stack, {
    templateBody: input.text('TemplateBody'),
    templateUrl: input.text('TemplateURL'),
    parameters: input.structures('Parameters'),
    tags: tagsOf(input) ?? stack.deployment?.tags ?? [],
    capabilities: input.list('Capabilities'),
  }, caller);
}

/** Returns the resource changes of a deployment; undefined if the deployment would change nothing in the stack. */
export function plannedChanges(cloudFormation: CloudFormation, stack: Stack, { program, tags }: Deployment): ResourceChange[] | undefined {
  const pseudo = pseudoParameters(cloudFormation.ports.environment, stack);
  const found = changes(stack, program, resourceScope(program, pseudo, stack.resources, cloudFormation.stacks));
  return changesNothing(stack, found, program, tags) ? undefined : found;
}

function tagsOf(input: QueryInput): Tag[] | undefined {
  const tags = input.structures('Tags').map(({ Key, Value }) => ({ Key, Value }));
  return tags.length > 0 ? tags : undefined;
}
