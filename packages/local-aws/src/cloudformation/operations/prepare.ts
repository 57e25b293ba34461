import { pseudoParameters } from './engine';
import type { Caller } from '../../contract';
import type { CloudFormationPorts } from '../ports';
import type { ResourceHandler } from '../resources/handler';
import type { Deployment } from '../stacks/deployment';
import type { Tag } from '../stacks/resource-record';
import type { Stack } from '../stacks/stack';
import { parameterValues, type ParameterInput } from '../template/parameters';
import { compile } from '../template/program';
import { parseTemplate, TemplateError } from '../template/template';

/** The desired state of a stack: the content of an API request or, for a nested stack, the properties in the parent's template. */
export interface DeploymentRequest {
  readonly templateBody?: string;
  /** The S3 URL of the template, if the request has no `templateBody`. */
  readonly templateUrl?: string;
  readonly parameters: readonly ParameterInput[];
  readonly tags: readonly Tag[];
  readonly capabilities: readonly string[];
}

/** The parts of CloudFormation that `prepare` uses. */
export interface Preparation {
  readonly ports: CloudFormationPorts;
  handlerOf(type: string): ResourceHandler;
}

/** Returns the deployment for the desired state of a stack. Throws if CloudFormation would reject the request without changing a resource. */
export async function prepare(
  cloudFormation: Preparation, stack: Stack, request: DeploymentRequest, caller: Caller,
): Promise<Deployment> {
  const { ports } = cloudFormation;
  const body = await templateOf(request, caller, ports);
  const template = parseTemplate(body);
  const parameters = await parameterValues(
    template.Parameters, request.parameters, stack.deployment?.program.parameters ?? new Map(), async (name) => ports.readParameter(caller, name),
  );
  const program = compile(body, template, parameters, pseudoParameters(ports.environment, stack));
  for (const [logicalId, { Type }] of program.resources) {
    cloudFormation.handlerOf(Type);
    const former = stack.resources.get(logicalId);
    if (former && former.type !== Type) {
      throw new TemplateError(`Update of resource type is not permitted. The new template modifies resource type of the following resources: [${logicalId}]`);
    }
  }
  return { program, tags: request.tags, capabilities: request.capabilities };
}

async function templateOf({ templateUrl: url, templateBody: body }: DeploymentRequest, caller: Caller, ports: CloudFormationPorts): Promise<string> {
  if (body !== undefined) {
    return body;
  }
  if (url === undefined) {
    throw new TemplateError('Either Template URL or Template Body must be specified.');
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
