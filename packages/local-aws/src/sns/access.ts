import type { Topic } from './topics';
import type { Kms } from '../../../local-healthlake/src/kms/kms';
import { ServiceError, type AuthorizationQuestion, type Authorizer, type Caller, type Environment } from '../contract';

/** The publisher of a message: a caller of the account, or an AWS service on behalf of a resource. */
export interface Publisher {
  readonly caller: Caller;
  /** The condition keys that a service sets: aws:SourceArn, aws:SourceAccount, aws:SourceOwner. */
  readonly context?: Record<string, string>;
}

/** Authorizes actions on topics by IAM policies, the topic policy and the KMS key policy. */
export class Access {
  public constructor(private readonly environment: Environment, private readonly authorizer: Authorizer, private readonly kms: Kms) {}

  /** Rejects if the publisher may not perform the action on an existing topic. */
  public async onTopic({ caller, context }: Publisher, action: string, topic: Topic): Promise<void> {
    // The default topic policy checks aws:SourceOwner: the account of the caller, or the account that a service passes in `context`.
    const owner: Record<string, string> = caller.accountId ? { 'aws:SourceOwner': caller.accountId } : {};
    await this.authorize({ caller, action, resource: topic.arn, context: { ...owner, ...context }, resourcePolicy: topic.policy });
  }

  /** Rejects if the caller may not perform the action on a topic that doesn't exist. */
  public async onAccount(caller: Caller, action: string, topicArn: string): Promise<void> {
    await this.authorize({ caller, action, resource: topicArn });
  }

  /** Rejects if the topic is encrypted and the publisher may not use its KMS key. */
  public async useKey({ caller }: Publisher, topic: Topic): Promise<void> {
    if (!topic.kmsKeyId) {
      return;
    }
    if (topic.kmsKeyId.endsWith('alias/aws/sns')) {
      // The fixed policy of this AWS managed key lets users and roles of the account use the key through SNS, but not AWS services.
      if (caller.accountId === this.environment.accountId) {
        return;
      }
      throw new ServiceError('KMSAccessDenied',
        `User: ${caller.arn} is not authorized to perform: kms:GenerateDataKey on resource: ${topic.kmsKeyId} `
        + 'because no resource-based policy allows the kms:GenerateDataKey action');
    }
    const context: Record<string, string> = caller.accountId ? { 'kms:ViaService': `sns.${this.environment.region}.amazonaws.com` } : {};
    try {
      for (const action of ['kms:GenerateDataKey', 'kms:Decrypt']) {
        await this.kms.use(caller, action, topic.kmsKeyId, context);
      }
    } catch (error) {
      throw error instanceof ServiceError ? snsError(error) : error;
    }
  }

  private async authorize(question: AuthorizationQuestion): Promise<void> {
    try {
      await this.authorizer.authorize(question);
    } catch (error) {
      if (error instanceof ServiceError && error.name === 'AccessDeniedException') {
        throw new ServiceError('AuthorizationError', error.message, 403);
      }
      throw error;
    }
  }
}

const KMS_ERRORS: Readonly<Record<string, string>> = {
  AccessDeniedException: 'KMSAccessDenied',
  DisabledException: 'KMSDisabled',
  KMSInvalidStateException: 'KMSInvalidState',
  NotFoundException: 'KMSNotFound',
};

function snsError(error: ServiceError): ServiceError {
  return new ServiceError(KMS_ERRORS[error.name] ?? error.name, error.message);
}
