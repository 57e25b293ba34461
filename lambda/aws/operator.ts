import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { HealthLakeClient } from '@aws-sdk/client-healthlake';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { assumeRole, CLIENT_CONFIG } from './credentials';

/** The report function's own time-out, and some for its start, in milliseconds. */
const REPORT_TIME = 190_000;

/** The clients of one import: every call is made as its operator role. */
export interface Operator {
  readonly healthlake: HealthLakeClient;
  /** Tries once only: a start is tried again after the stack was asked again where it goes. */
  readonly starter: HealthLakeClient;
  readonly cloudformation: CloudFormationClient;
  readonly s3: S3Client;
  readonly lambda: LambdaClient;
  readonly events: EventBridgeClient;
  readonly states: SFNClient;
}

const operators = new Map<string, Operator>();

/** The clients of an import's operator role; kept, because a warm function looks after many imports many times. */
export function operatorFor(roleArn: string): Operator {
  const known = operators.get(roleArn);
  if (known) {
    return known;
  }
  const config = { ...CLIENT_CONFIG, credentials: () => assumeRole(roleArn) };
  const operator = {
    healthlake: new HealthLakeClient(config),
    starter: new HealthLakeClient({ ...config, maxAttempts: 1 }),
    cloudformation: new CloudFormationClient(config),
    s3: new S3Client(config),
    // One attempt only: `report-call.ts` decides whether to invoke the report function again.
    lambda: new LambdaClient({ ...config, maxAttempts: 1, requestHandler: { ...CLIENT_CONFIG.requestHandler, requestTimeout: REPORT_TIME } }),
    events: new EventBridgeClient(config),
    states: new SFNClient(config),
  };
  operators.set(roleArn, operator);
  return operator;
}
