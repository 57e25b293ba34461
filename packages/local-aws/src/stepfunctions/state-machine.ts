import type { Definition } from './language/states';
import type { Logging } from './logging';
import { ServiceError, type AssumedRole } from '../contract';
import type { Iam } from '../iam/iam';

export interface StateMachine {
  readonly arn: string;
  readonly name: string;
  readonly roleArn: string;
  readonly definition: Definition;
  readonly logging?: Logging;
}

/** Starts a session of the state machine's role. */
export async function assumeStateMachineRole(
  iam: Pick<Iam, 'assumeRole'>, stateMachineArn: string, roleArn: string, accountId: string,
): Promise<AssumedRole> {
  try {
    const source = { 'aws:SourceArn': stateMachineArn, 'aws:SourceAccount': accountId };
    return await iam.assumeRole({ service: 'states.amazonaws.com' }, roleArn, source);
  } catch (error) {
    if (!(error instanceof ServiceError)) {
      throw error;
    }
    throw new ServiceError('AccessDeniedException',
      'Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role.');
  }
}
