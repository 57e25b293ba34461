import { S3Client } from '@aws-sdk/client-s3';
import { isFhirPath } from './healthlake/fhir/address';
import { HealthLake } from './healthlake/healthlake';
import type { HealthLakeOptions } from './healthlake/options';
import type { HealthLakePorts } from './healthlake/ports';
import type { Kms } from './kms/kms';
import {
  callerOf, ServiceError, type AssumedRole, type Authorizer, type Caller, type Environment, type WireRequest, type WireResponse, type WireService,
} from './service';

const SERVICE_PRINCIPAL = 'healthlake.amazonaws.com';

const TARGET_PREFIX = 'HealthLake.';

/** The calls that HealthLake makes to IAM and STS. */
export interface HealthLakeIam extends Authorizer {
  assumeRole(by: { readonly service: string }, roleArn: string, context: Record<string, string>): Promise<AssumedRole>;
}

/** HealthLake as a service of the local AWS. */
export class HealthLakeService implements WireService {
  /** The emulator, for tests that read stored resources, observe jobs or stall queues. */
  public readonly healthLake: HealthLake;

  public constructor(environment: Environment, iam: HealthLakeIam, kms: Kms, options: HealthLakeOptions = {}) {
    this.healthLake = new HealthLake(portsOf(environment, iam, kms), options);
  }

  public async handle(request: WireRequest): Promise<WireResponse> {
    const caller = callerOf(request);
    if (isFhirPath(request.path)) {
      return this.healthLake.handleFhir({ ...request, caller });
    }
    return this.healthLake.handle({ operation: operationOf(request), body: request.body, caller });
  }

  public async close(): Promise<void> {
    await this.healthLake.close();
  }
}

/** Returns the operation that `X-Amz-Target` names, or an empty string if the header doesn't have HealthLake's prefix. */
function operationOf({ headers }: WireRequest): string {
  const target = headers['x-amz-target'] ?? '';
  return target.startsWith(TARGET_PREFIX) ? target.slice(TARGET_PREFIX.length) : '';
}

function portsOf(environment: Environment, iam: HealthLakeIam, kms: Kms): HealthLakePorts {
  const { clock, partition, region, accountId } = environment;
  return {
    clock,
    partition,
    region,
    accountId,
    endpoint: () => environment.endpoint(),
    authorize: async (caller, action, resource, context) => {
      try {
        await iam.authorize({ caller: caller as Caller, action, resource, context }); // `handle` always passes a full Caller
      } catch (error) {
        // IAM denies iam:PassRole with AccessDenied, but HealthLake reports the denial as AccessDeniedException.
        throw error instanceof ServiceError && error.name === 'AccessDenied' ? new ServiceError('AccessDeniedException', error.message) : error;
      }
    },
    authorizeKey: async (caller, action, keyId) => {
      const isGrant = action === 'kms:CreateGrant';
      await kms.use(caller as Caller, action, keyId, {
        'kms:ViaService': `healthlake.${region}.amazonaws.com`, ...(isGrant && { 'kms:GrantIsForAWSResource': 'true' }),
      });
    },
    assumeDataAccessRole: async (roleArn, source) => {
      const { caller, credentials } = await iam.assumeRole({ service: SERVICE_PRINCIPAL }, roleArn, {
        'sts:RoleSessionName': 'HealthLake', 'aws:SourceArn': source.arn, 'aws:SourceAccount': source.account,
      });
      // The user's settings may demand FIPS or dual-stack endpoints, which the SDK refuses together with `endpoint`.
      const plainEndpoint = { endpoint: environment.endpoint(), useFipsEndpoint: false, useDualstackEndpoint: false };
      const s3 = new S3Client({ ...plainEndpoint, region, credentials, forcePathStyle: true });
      return { s3, describeKey: async (keyId) => (await kms.describe(caller, keyId)).arn };
    },
  };
}
