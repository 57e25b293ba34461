import type { Topic } from './topics';
import type { Kms } from '../../../local-healthlake/src/kms/kms';
import { ServiceError, type Authorizer, type Caller, type Environment } from '../contract';

/** Who publishes: a caller of the account, or an AWS service that names what it acts for. */
export interface Publisher {
  readonly caller: Caller;
  /** Condition keys that a service sets: aws:SourceArn, aws:SourceAccount, aws:SourceOwner. */
  readonly context?: Record<string, string>;
}

/** Asks IAM, the topic policy and KMS whether somebody may do something with a topic. */
export class Access {
  public constructor(private readonly environment: Environment, private readonly authorizer: Authorizer, private readonly kms: Kms) {}

  /** Rejects unless the publisher may do something with a topic that is there. */
  public async onTopic({ caller, context }: Publisher, action: string, topic: Topic): Promise<void> {
    // The default policy asks for the owner: the account of who calls, or what a service says.
    const owner: Record<string, string> = caller.accountId ? { 'aws:SourceOwner': caller.accountId } : {};
    await this.inSnsWords({ caller, action, resource: topic.arn, context: { ...owner, ...context }, resourcePolicy: topic.policy });
  }

  /** Rejects unless the caller may do something with a topic that is to be made, or is gone. */
  public async onAccount(caller: Caller, action: string, topicArn: string): Promise<void> {
    await this.inSnsWords({ caller, action, resource: topicArn });
  }

  /** Lets the publisher use the key of an encrypted topic. */
  public async useKey({ caller }: Publisher, topic: Topic): Promise<void> {
    if (!topic.kmsKeyId) {
      return;
    }
    if (topic.kmsKeyId.endsWith('alias/aws/sns')) {
      // That key's policy, which nobody can change, lets in the account's users and roles by SNS, and no other service.
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
      throw error instanceof ServiceError ? wordedBySns(error) : error;
    }
  }

  private async inSnsWords(question: Parameters<Authorizer['authorize']>[0]): Promise<void> {
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

function wordedBySns(error: ServiceError): ServiceError {
  return new ServiceError(KMS_ERRORS[error.name] ?? error.name, error.message);
}
