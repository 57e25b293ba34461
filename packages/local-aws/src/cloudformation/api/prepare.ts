import type { CloudFormation } from '../cloudformation';
import type { QueryInput } from './query-input';
import { templateBody } from './template-input';
import type { Caller } from '../../contract';
import { pseudoParameters } from '../operations/engine';
import { resourceScope } from '../operations/resource-scope';
import type { ResourceChange } from '../stacks/change-set';
import type { Deployment } from '../stacks/deployment';
import { changes, changesNothing } from '../stacks/diff';
import type { Tag } from '../stacks/resource-record';
import type { Stack } from '../stacks/stack';
import { parameterValues } from '../template/parameters';
import { compile } from '../template/program';
import { parseTemplate } from '../template/template';
import { TemplateError } from '../template/template-error';

/** Reads what a request wants a stack to be, and refuses what CloudFormation refuses before it changes anything. */
export async function prepareDeployment(cloudFormation: CloudFormation, stack: Stack, input: QueryInput, caller: Caller): Promise<Deployment> {
  const { ports } = cloudFormation;
  const before = stack.deployment;
  const body = await templateBody(input, caller, ports) ?? (input.flag('UsePreviousTemplate') ? before?.program.body : undefined);
  if (body === undefined) {
    throw new TemplateError('Either Template URL or Template Body must be specified.');
  }

  const template = parseTemplate(body);
  const parameters = await parameterValues(
    template.Parameters, input.structures('Parameters'), before?.program.parameters ?? new Map(), async (name) => ports.readParameter(caller, name),
  );
  const program = compile(body, template, parameters, pseudoParameters(ports.environment, stack));
  for (const [logicalId, { Type }] of program.resources) {
    cloudFormation.handlerOf(Type);
    const former = stack.resources.get(logicalId);
    if (former && former.type !== Type) {
      throw new TemplateError(`Update of resource type is not permitted. The new template modifies resource type of the following resources: [${logicalId}]`);
    }
  }
  return { program, tags: tagsOf(input) ?? before?.tags ?? [], capabilities: input.list('Capabilities') };
}

/** What a deployment would change; undefined if nothing at all. */
export function plannedChanges(cloudFormation: CloudFormation, stack: Stack, { program, tags }: Deployment): ResourceChange[] | undefined {
  const pseudo = pseudoParameters(cloudFormation.ports.environment, stack);
  const found = changes(stack, program, resourceScope(program, pseudo, stack.resources, cloudFormation.stacks));
  return changesNothing(stack, found, program, tags) ? undefined : found;
}

function tagsOf(input: QueryInput): Tag[] | undefined {
  const tags = input.structures('Tags').map(({ Key, Value }) => ({ Key, Value }));
  return tags.length > 0 ? tags : undefined;
}
