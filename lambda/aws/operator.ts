import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { HealthLakeClient } from '@aws-sdk/client-healthlake';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { assumeRole, CLIENT_CONFIG } from './credentials';
import { BUDGETS } from '../budgets';

/** The AWS clients of one operator role. They make every call with the credentials of the role. */
export interface Operator {
  readonly healthlake: HealthLakeClient;
  /** The client that starts jobs. It makes one attempt per call, because the handler checks for a roll-back before each attempt. */
  readonly starter: HealthLakeClient;
  readonly cloudformation: CloudFormationClient;
  readonly s3: S3Client;
  readonly lambda: LambdaClient;
  readonly events: EventBridgeClient;
  readonly states: SFNClient;
}

const operators = new Map<string, Operator>();

/** Returns AWS clients with the credentials of an operator role, and keeps them for later invocations. */
export function operatorFor(roleArn: string): Operator {
  const known = operators.get(roleArn);
  if (known) {
    return known;
  }
  const config = { ...CLIENT_CONFIG, credentials: () => assumeRole(roleArn) };
  const requestHandler = { ...CLIENT_CONFIG.requestHandler, requestTimeout: BUDGETS.handler.poll.report.attemptMs };
  const operator = {
    healthlake: new HealthLakeClient(config),
    starter: new HealthLakeClient({ ...config, maxAttempts: 1 }),
    cloudformation: new CloudFormationClient(config),
    s3: new S3Client(config),
    // The SDK makes one attempt only, because `report-call.ts` decides whether to invoke the report function again.
    lambda: new LambdaClient({ ...config, maxAttempts: 1, requestHandler }),
    events: new EventBridgeClient(config),
    states: new SFNClient(config),
  };
  operators.set(roleArn, operator);
  return operator;
}
