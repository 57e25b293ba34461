import { randomBytes } from 'node:crypto';
import { readAnswer, type AnsweredRequest } from './custom-resource-answer';
import { ResourceFailure, type Delivery, type HandlerResult, type ResourceHandler } from './handler';
import {
  ServiceError, type Clock, type EventInvoker, type ResourceDelete, type ResourceRequest, type ResourceUpdate, type WireRequest, type WireResponse,
  type WireService,
} from '../../contract';
import { RESPONSE_HOST } from '../../lambda/execution/execution-environment';

/** The path of every ResponseURL consists of this prefix and a secret that identifies the request. */
export const RESPONSE_PATH = '/_response/';

const DEFAULT_SERVICE_TIMEOUT_S = 3600;

/** Returns whether a resource type is a custom resource, which a Lambda function implements. */
export function isCustomResource(type: string): boolean {
  return type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource';
}

/** Calls the functions of custom resources, and emulates the S3 bucket to which the functions send their responses. */
export class CustomResources implements ResourceHandler, WireService {
  public readonly abandonable = true;
  private readonly receivers = new Map<string, (body: Buffer) => void>();

  public constructor(private readonly functions: EventInvoker, private readonly clock: Clock) {}

  public async create(request: ResourceRequest, delivery: Delivery): Promise<HandlerResult> {
    return this.ask('Create', request, delivery, {});
  }

  public async update(request: ResourceUpdate, delivery: Delivery): Promise<HandlerResult> {
    if (request.oldProperties.ServiceToken !== request.properties.ServiceToken) {
      throw new ResourceFailure('Modifying service token is not allowed.', { called: false });
    }
    return this.ask('Update', request, delivery, {
      PhysicalResourceId: request.physicalId,
      OldResourceProperties: withTextScalars(request.oldProperties),
    });
  }

  public async delete(request: ResourceDelete, delivery: Delivery): Promise<void> {
    await this.ask('Delete', request, delivery, { PhysicalResourceId: request.physicalId });
  }

  /** Receives the response of a function. Accepts any content, like the real bucket: CloudFormation validates the content later. */
  public handle(request: WireRequest): Promise<WireResponse> {
    const receive = this.receivers.get(request.path.slice(RESPONSE_PATH.length));
    if (request.method !== 'PUT' || !receive) {
      return Promise.reject(new ServiceError('AccessDenied', `${request.method} ${RESPONSE_PATH} is only for answers to ResponseURL`, 403));
    }
    receive(request.body);
    return Promise.resolve({ status: 200 });
  }

  private async ask(
    requestType: 'Create' | 'Update' | 'Delete', request: ResourceRequest, delivery: Delivery, more: Record<string, unknown>,
  ): Promise<HandlerResult> {
    const serviceToken: unknown = request.properties.ServiceToken;
    if (typeof serviceToken !== 'string' || !serviceToken.includes(':lambda:')) {
      throw new ResourceFailure('Invalid service token.', { called: false });
    }
    const answered: AnsweredRequest = {
      StackId: request.stackId,
      RequestId: delivery.requestId,
      LogicalResourceId: request.logicalId,
    };
    const secret = randomBytes(24).toString('hex');
    const answer = new Promise<Buffer>((resolve) => this.receivers.set(secret, resolve));
    const event = {
      RequestType: requestType,
      ServiceToken: serviceToken,
      ResponseURL: `https://${RESPONSE_HOST}${RESPONSE_PATH}${secret}?X-Amz-Date=${signatureDate(this.clock.now())}&X-Amz-Expires=7200`,
      ...answered,
      ResourceType: request.type,
      ResourceProperties: withTextScalars(request.properties),
      ...more,
    };

    const finished = new AbortController();
    const signal = AbortSignal.any([delivery.signal, finished.signal]);
    try {
      return readAnswer(await Promise.race([
        answer,
        this.timeOut(request, delivery.requestId, signal),
        this.invoke(request, serviceToken, event),
      ]), answered);
    } finally {
      finished.abort(new Error('the custom resource has answered'));
    }
  }

  private async timeOut(request: ResourceRequest, requestId: string, signal: AbortSignal): Promise<never> {
    await this.clock.sleep(1000 * Number(request.properties.ServiceTimeout ?? DEFAULT_SERVICE_TIMEOUT_S), signal);
    throw new ResourceFailure(
      `CloudFormation did not receive a response from your custom resource. Please check your logs for requestId [${requestId}].`
      + ' If you are using the Python cfn-response module, you may need to update your Lambda function code so that CloudFormation can attach the updated version.',
      { called: true },
    );
  }

  /** Invokes the function. Rejects if Lambda rejects the event. Otherwise the promise never settles: the response arrives at `handle`. */
  private async invoke(request: ResourceRequest, functionArn: string, event: unknown): Promise<never> {
    try {
      await this.functions.invokeEvent(request.caller, functionArn, event);
    } catch (error) {
      throw new ResourceFailure(error instanceof Error ? error.message : String(error), { called: false });
    }
    return new Promise<never>(() => {});
  }
}

/** Formats a time as in presigned URLs, e.g. `20260131T235959Z`. */
function signatureDate(now: number): string {
  return new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
}

/** Converts all scalars in a value into strings, as CloudFormation does with the properties of custom resources. */
function withTextScalars(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(withTextScalars);
  }
  if (typeof value !== 'object' || value === null) {
    return String(value);
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withTextScalars(item)]));
}
