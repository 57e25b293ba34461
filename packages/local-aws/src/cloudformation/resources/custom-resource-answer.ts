import { ResourceFailure, type HandlerResult } from './handler';

/** CloudFormation's limit for the size of a custom resource's response. */
const LONGEST_ANSWER_BYTES = 4096;
const LONGEST_PHYSICAL_ID = 1024;

/** The properties of a request that the custom resource's response must repeat. */
export interface AnsweredRequest {
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
}

/** Reads the response of a custom resource. Throws if the response is invalid or reports a failure. The stack event shows the error's message. */
export function readAnswer(body: Buffer, request: AnsweredRequest): HandlerResult {
  const invalid = (message: string): ResourceFailure => new ResourceFailure(message, { called: true });
  if (body.length > LONGEST_ANSWER_BYTES) {
    throw invalid('Response object is too long.');
  }

  const answer = parseObject(body);
  if (!answer) {
    throw invalid('Response is not valid JSON');
  }
  for (const key of ['StackId', 'RequestId', 'LogicalResourceId'] as const) {
    if (answer[key] !== request[key]) {
      throw invalid(`Invalid response object: Value for property ${key} does not match`);
    }
  }
  const physicalId = typeof answer.PhysicalResourceId === 'string' ? answer.PhysicalResourceId : undefined;
  const attributes = typeof answer.Data === 'object' && answer.Data !== null ? textAttributes(answer.Data) : {};

  if (answer.Status === 'FAILED') {
    throw new ResourceFailure(
      `Received response status [FAILED] from custom resource. Message returned: ${String(answer.Reason)} (RequestId: ${request.RequestId})`,
      { called: true, physicalId, attributes },
    );
  }
  if (answer.Status !== 'SUCCESS') {
    throw invalid(`Invalid response object: Status ${JSON.stringify(answer.Status)} is neither SUCCESS nor FAILED`);
  }
  if (!physicalId || physicalId.length > LONGEST_PHYSICAL_ID) {
    throw invalid('Invalid PhysicalResourceId');
  }
  return { physicalId, attributes, noEcho: answer.NoEcho === true || answer.NoEcho === 'true' };
}

function parseObject(body: Buffer): Record<string, unknown> | undefined {
  try {
    const answer: unknown = JSON.parse(body.toString('utf8'));
    return typeof answer === 'object' && answer !== null ? answer as Record<string, unknown> : undefined;
  } catch {
    return undefined;
  }
}

function textAttributes(data: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, typeof value === 'object' ? value as unknown : String(value)]));
}
