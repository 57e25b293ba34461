import { Annotations, CfnDeletionPolicy, Stack } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';
import { resourceOfType } from '../../private/cfn-resource';
import { FhirStorage, type IFhirStorage } from '../fhir-storage';

/** The tag of the buckets that aws-s3 empties before CloudFormation deletes them. */
const AUTO_DELETE_OBJECTS = 'aws-cdk:auto-delete-objects';

/**
 * Adds the checks of the buckets of a job. The checks run at synthesis, because Aspects such as `RemovalPolicies` can change buckets until then. Buckets
 * that the app doesn't create are checked before the job starts.
 */
export function checkBucketsWhenFinished(scope: IConstruct, storage: IFhirStorage, input?: s3.IBucket): void {
  scope.node.addValidation({
    validate: () => {
      [...(input ? [input] : []), storage.outputBucket].forEach((bucket) => warnOfRemoval(scope, bucket));
      warnOfUnusedInputBucket(storage);
      return problemsOfOutput(storage.outputBucket);
    },
  });
}

/** Warns if the storage of a job creates an input bucket that nothing in the app uses. */
function warnOfUnusedInputBucket(storage: IFhirStorage): void {
  if (storage instanceof FhirStorage && storage._hasUnusedInputBucket) {
    Annotations.of(storage).addWarningV2('cdk-healthlake-import:unused-input-bucket',
      `the storage "${storage.node.path}" creates an input bucket that no import reads; give it the bucket of the source as its inputBucket, or any bucket if it is for exports only`);
  }
}

/** Warns of a bucket that CloudFormation would try to delete. If the bucket has objects, the deletion of its stack or the roll-back of its creation fails. */
function warnOfRemoval(scope: IConstruct, bucket: s3.IBucket): void {
  const resource = resourceOfType(bucket, s3.CfnBucket);
  if (!resource || resource.tags.tagValues()[AUTO_DELETE_OBJECTS] === 'true') {
    return;
  }
  const { deletionPolicy } = resource.cfnOptions;
  // If the bucket is in another stack, that stack is created before the job writes objects. So a failed creation leaves an empty bucket, which can be deleted.
  const isRetained = deletionPolicy === CfnDeletionPolicy.RETAIN
    || (deletionPolicy === CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE && Stack.of(bucket) !== Stack.of(scope));
  if (!isRetained) {
    Annotations.of(bucket).addWarningV2('cdk-healthlake-import:bucket-not-retained',
      `CloudFormation can't delete the bucket "${bucket.node.path}" once it has data or results, so the deletion of its stack, or a roll-back after a failed `
      + 'first job, would fail; call applyRemovalPolicy(RemovalPolicy.RETAIN) on it, exclude it from RemovalPolicies, or set autoDeleteObjects');
  }
}

/**
 * Returns the settings for which HealthLake would refuse a bucket for results, each as a sentence. Skips settings that are known only at deployment.
 *
 * @see https://docs.aws.amazon.com/healthlake/latest/devguide/getting-started-setting-up.html
 */
function problemsOfOutput(bucket: s3.IBucket): string[] {
  const resource = resourceOfType(bucket, s3.CfnBucket);
  if (!resource) {
    return [];
  }
  const settings: SettingsJson = Stack.of(bucket).resolve({ encryption: resource.bucketEncryption, access: resource.publicAccessBlockConfiguration });
  return [encryptionProblem(settings), accessProblem(settings)].filter((problem) => problem !== undefined)
    .map((problem) => `the output bucket "${bucket.node.path}" ${problem}`);
}

const BLOCKS = ['blockPublicAcls', 'blockPublicPolicy', 'ignorePublicAcls', 'restrictPublicBuckets'] as const;

/** The resolved settings of a bucket. A member can have any other shape, because a token can resolve to a function of CloudFormation. */
interface SettingsJson {
  readonly encryption?: {
    readonly serverSideEncryptionConfiguration?: readonly {
      readonly serverSideEncryptionByDefault?: { readonly sseAlgorithm?: unknown; readonly kmsMasterKeyId?: unknown };
    }[];
  };
  readonly access?: { readonly [Name in typeof BLOCKS[number]]?: unknown };
}

/** The default encryption of new buckets: https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html */
const S3_MANAGED = { serverSideEncryptionConfiguration: [{ serverSideEncryptionByDefault: { sseAlgorithm: 'AES256', kmsMasterKeyId: undefined } }] };

function encryptionProblem({ encryption = S3_MANAGED }: SettingsJson): string | undefined {
  const { sseAlgorithm, kmsMasterKeyId } = encryption.serverSideEncryptionConfiguration?.[0]?.serverSideEncryptionByDefault ?? {};
  const isAwsManaged = typeof sseAlgorithm === 'string' && (kmsMasterKeyId === undefined || kmsMasterKeyId === 'alias/aws/s3');
  return isAwsManaged
    ? `is encrypted with a key that AWS manages (${sseAlgorithm}), and HealthLake demands a customer managed key; give the bucket an encryptionKey`
    : undefined;
}

/**
 * Returns the problem if a setting of the public access block is off. A new bucket without the property `access` blocks all public access.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
 */
function accessProblem({ access }: SettingsJson): string | undefined {
  const isLiteral = access && Object.keys(access).every((name) => BLOCKS.some((block) => block === name));
  const open = isLiteral ? BLOCKS.filter((name) => access[name] === undefined || access[name] === false) : [];
  return open.length > 0
    ? `doesn't block all public access (${open.join(', ')}), which HealthLake demands; give it blockPublicAccess: BlockPublicAccess.BLOCK_ALL`
    : undefined;
}
