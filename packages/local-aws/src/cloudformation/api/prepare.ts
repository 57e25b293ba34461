import type { CloudFormation, CloudFormationPorts } from '../cloudformation';
import type { QueryInput } from './query-input';
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
import { parseTemplate, TemplateError } from '../template/template';

/** Reads the desired state of a stack from a request. Throws if CloudFormation would reject the request without changing a resource. */
export async function prepareDeployment(cloudFormation: CloudFormation, stack: Stack, input: QueryInput, caller: Caller): Promise<Deployment> {
  const { ports } = cloudFormation;
  const before = stack.deployment;
  const body = await templateBody(input, caller, ports);
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

async function templateBody(input: QueryInput, caller: Caller, ports: CloudFormationPorts): Promise<string | undefined> {
  const url = input.text('TemplateURL');
  if (url === undefined) {
    return input.text('TemplateBody');
  }
  const { bucket, key } = objectOf(url, new URL(ports.environment.endpoint()).host);
  return ports.readObject(caller, bucket, key);
}

/** Returns the bucket and the key of a virtual-hosted or path-style S3 URL. URLs of the local endpoint are path-style. */
function objectOf(url: string, localHost: string): { bucket: string; key: string } {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const path = decodeURIComponent(parsed?.pathname.slice(1) ?? '');
  const virtualHosted = /^(.+)\.s3[.-][^/]*$/.exec(parsed?.host ?? '');
  if (virtualHosted) {
    return { bucket: virtualHosted[1], key: path };
  }
  const slash = path.indexOf('/');
  if (slash > 0 && (parsed?.host === localHost || /^s3[.-]/.test(parsed?.host ?? ''))) {
    return { bucket: path.slice(0, slash), key: path.slice(slash + 1) };
  }
  throw new TemplateError(`S3 error: TemplateURL must reference a valid S3 object to which you have access, got ${url}`);
}
