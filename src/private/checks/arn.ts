import { Stack, Token } from 'aws-cdk-lib';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import type { IConstruct } from 'constructs';

/** For each kind of resource that an import or export uses, a pattern for the part of its ARN after `arn:PARTITION:`. */
const ARNS = {
  'a bucket': /^s3:::[^:/]+$/,
  'a data store': /^healthlake:[^:]+:\d{12}:datastore\/.+$/,
  'an event bus': /^events:[^:]+:\d{12}:event-bus\/.+$/,
  'an IAM role': /^iam::\d{12}:role\/.+$/,
  'a KMS key': /^kms:[^:]+:\d{12}:key\/[^/]+$/,
  'an SNS topic': /^sns:[^:]+:\d{12}:[^:]+$/,
};

/**
 * Throws if the ARN is known at synthesis and is not the ARN of the given kind of resource, or belongs to another partition than the Region of `scope`. The
 * methods `from...Arn()` of aws-cdk-lib don't check this: they accept the ARN of any service.
 */
export function validateArn(scope: IConstruct, what: string, arn: string, kind: keyof typeof ARNS): void {
  if (Token.isUnresolved(arn)) {
    return;
  }
  const [, partition, rest] = /^arn:([^:]+):(.+)$/.exec(arn) ?? [];
  if (rest === undefined || !ARNS[kind].test(rest)) {
    throw new Error(`${what} must have the ARN of ${kind}, got "${arn}"; correct the ARN`);
  }
  const { region } = Stack.of(scope);
  const own = Token.isUnresolved(region) ? undefined : RegionInfo.get(region).partition;
  if (own !== undefined && own !== partition) {
    throw new Error(`${what} has an ARN of the partition ${partition}, got "${arn}", and ${region} is in the partition ${own}; `
      + `use a resource in the partition ${own}`);
  }
}
