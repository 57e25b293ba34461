import { S3Client } from '@aws-sdk/client-s3';
import { operationOf } from './healthlake/api/codec';
import { HealthLake } from './healthlake/healthlake';
import type { HealthLakeOptions } from './healthlake/options';
import type { DataAccess, HealthLakePorts } from './healthlake/ports';
import type { Kms } from './kms/kms';
import {
  ServiceError, type AssumedRole, type Authorizer, type Caller, type Environment, type WireRequest, type WireResponse, type WireService,
} from './service';

const SERVICE_PRINCIPAL = 'healthlake.amazonaws.com';

/** What HealthLake asks of IAM. */
export interface HealthLakeIam extends Authorizer {
  assumeRole(by: { readonly service: string }, roleArn: string, context: Record<string, string>): Promise<AssumedRole>;
}

/** HealthLake as a service of the local AWS. */
export class HealthLakeService implements WireService {
  /** For reading what is stored, watching jobs, and stalling queues. */
  public readonly healthLake: HealthLake;

  public constructor(environment: Environment, iam: HealthLakeIam, kms: Kms, options: HealthLakeOptions = {}) {
    this.healthLake = new HealthLake(portsOf(environment, iam, kms), options);
  }

  public async handle(request: WireRequest): Promise<WireResponse> {
    const { headers, body, caller } = request;
    if (!caller) {
      throw new ServiceError('MissingAuthenticationToken', 'Request is missing Authentication Token', 403);
    }
    return this.healthLake.handle({ operation: operationOf(headers['x-amz-target'] ?? ''), body, caller });
  }

  public async close(): Promise<void> {
    await this.healthLake.close();
  }
}

function portsOf(environment: Environment, iam: HealthLakeIam, kms: Kms): HealthLakePorts {
  const { clock, partition, region, accountId } = environment;
  return {
    clock,
    partition,
    region,
    accountId,
    authorize: async (caller, action, resource, context) => {
      // HealthLake hands back the caller that the router gave it, and that one knows its principal.
      await inHealthLakesWords(iam.authorize({ caller: caller as Caller, action, resource, context }));
    },
    assumeDataAccessRole: async (roleArn, source) => {
      const { caller, credentials } = await iam.assumeRole({ service: SERVICE_PRINCIPAL }, roleArn, {
        'sts:RoleSessionName': 'HealthLake', 'aws:SourceArn': source.arn, 'aws:SourceAccount': source.account,
      });
      const s3 = new S3Client({ endpoint: environment.endpoint(), region, credentials, forcePathStyle: true });
      return { s3, describeKey: async (keyId) => (await kms.describe(caller, keyId)).arn } satisfies DataAccess;
    },
  };
}

/** A denied iam:PassRole is called AccessDenied by IAM, and AccessDeniedException by the service that asked. */
async function inHealthLakesWords(authorization: Promise<void>): Promise<void> {
  try {
    await authorization;
  } catch (error) {
    if (error instanceof ServiceError && error.name === 'AccessDenied') {
      throw new ServiceError('AccessDeniedException', error.message);
    }
    throw error;
  }
}
