import { Annotations, type CfnResource, Stack, Stage, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { CONTENT_PREFIX } from '../../../contract';
import type { Location } from '../../../jobs/private/location';
import { referencedConstruct } from '../../../private/cfn-resource';
import { isDeployedAfter, referencesOf } from '../../../private/deployment-order';
import { resourcesOfApp, warnWhenFinished } from '../../../private/finished-app';

/** The type of the resource that a `BucketDeployment` of aws-cdk-lib creates. */
const UPLOAD_TYPE = 'Custom::CDKBucketDeployment';

/** The resolved properties of an upload. Values that are known only at deployment are objects. */
interface UploadProperties {
  readonly DestinationBucketName?: unknown;
  readonly DestinationBucketKeyPrefix?: unknown;
}

/**
 * Warns at synthesis of uploads into the input for which the import doesn't wait. The job could read a part of the files, succeed, and never import the
 * others.
 */
export function checkUploadsWhenFinished(scope: IConstruct, input: Location, job: CfnResource): void {
  warnWhenFinished(scope, () => {
    const uploads = resourcesOfApp(scope).filter((resource) => resource.cfnResourceType === UPLOAD_TYPE && Stage.of(resource) === Stage.of(scope));
    for (const upload of uploads.filter((candidate) => canWriteInto(candidate, input) && !isDeployedAfter(job, candidate))) {
      const [, , construct] = [...upload.node.scopes].reverse();
      Annotations.of(scope).addWarningV2('cdk-healthlake-import:upload-order',
        `the upload "${construct.node.path}" can write into the input of "${scope.node.path}", and the import doesn't wait for it; `
        + 'call executeAfter() with the upload');
    }
  });
}

function canWriteInto(upload: CfnResource, { bucket, prefix }: Location): boolean {
  // Buckets of two stacks can have the same logical id. So equal names mean one bucket only if the upload refers to the construct of the input bucket.
  const target = referencedConstruct(bucket.bucketName);
  if (target && !referencesOf(upload).has(target)) {
    return false;
  }
  const stack = Stack.of(upload);
  const { Resources: resources }: { Resources: Record<string, { Properties: UploadProperties }> } = stack.resolve(upload._toCloudFormation());
  const [{ Properties: { DestinationBucketName: name, DestinationBucketKeyPrefix: keyPrefix = '' } }] = Object.values(resources);
  const isSameBucket = JSON.stringify(name) === JSON.stringify(stack.resolve(bucket.bucketName));
  return isSameBucket && canOverlap(keyPrefix, prefix) && !isSameContent(keyPrefix, prefix);
}

/** Returns whether both prefixes are equal and contain the hash of their content. Such an upload writes what is already there. */
function isSameContent(keyPrefix: unknown, prefix: string): boolean {
  return keyPrefix === prefix && CONTENT_PREFIX.test(prefix);
}

/** Returns whether one folder can contain the other. An upload into a folder above the input can have files for the input. */
function canOverlap(keyPrefix: unknown, prefix: string): boolean {
  if (typeof keyPrefix !== 'string' || Token.isUnresolved(prefix)) {
    return true;
  }
  const [destination, source] = [`/${keyPrefix}/`, `/${prefix}`].map((folder) => folder.replace(/\/+/g, '/'));
  return destination.startsWith(source) || source.startsWith(destination);
}
