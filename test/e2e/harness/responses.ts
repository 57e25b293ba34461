import type { LocalAws } from '../../../packages/local-aws/src/aws';
import { RESPONSE_PATH } from '../../../packages/local-aws/src/cloudformation/cloudformation';
import type { WireRequest } from '../../../packages/local-healthlake/src/service';

/** A response that a custom resource sent to its ResponseURL. */
export interface CustomResourceResponse {
  readonly status: string;
  readonly reason: string;
  readonly requestId: string;
  readonly logicalId: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** The size of the whole response body. */
  readonly bytes: number;
}

/** Records the responses of all custom resources, including responses that arrive too late. */
export function recordResponses(aws: LocalAws): readonly CustomResourceResponse[] {
  const responses: CustomResourceResponse[] = [];
  aws.router.registerUnsigned(RESPONSE_PATH, {
    handle: (request: WireRequest) => {
      const { Status: status, Reason: reason, RequestId: requestId, LogicalResourceId: logicalId, Data: attributes = {} } =
        JSON.parse(request.body.toString('utf8'));
      responses.push({ status, reason, requestId, logicalId, attributes, bytes: request.body.length });
      return aws.cloudformation.customResources.handle(request);
    },
  });
  return responses;
}
