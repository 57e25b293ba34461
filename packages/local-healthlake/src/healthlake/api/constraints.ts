/** The API model's constraint on one member, whatever its structure. */
export interface Constraint {
  readonly length?: readonly [min: number, max: number];
  /** The model's text of the pattern. It must match the whole value. */
  readonly pattern?: string;
  readonly values?: readonly string[];
  readonly range?: readonly [min: number, max: number];
}

const NAME = '^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-%@]*)$';
const TAG = '^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$';

/**
 * The constraints of API version 2017-07-01 by member name, from the model in botocore (Apache-2.0). A name has the same constraint in every
 * structure. Errors quote the patterns, so these have anchors wherever the API reference prints them. The SDK's runtime schemas have the shapes
 * and the required members, but no constraints.
 */
export const CONSTRAINTS: Readonly<Record<string, Constraint>> = {
  AuthorizationStrategy: { values: ['SMART_ON_FHIR_V1', 'SMART_ON_FHIR', 'AWS_AUTH'] },
  ClientToken: { length: [1, 64], pattern: '^[a-zA-Z0-9-]+$' },
  CmkType: { values: ['CUSTOMER_MANAGED_KMS_KEY', 'AWS_OWNED_KMS_KEY'] },
  DataAccessRoleArn: { length: [20, 2048], pattern: 'arn:aws(-[^:]+)?:iam::[0-9]{12}:role/.+' },
  DatastoreId: { length: [1, 32], pattern: NAME },
  DatastoreName: { length: [1, 256], pattern: NAME },
  DatastoreStatus: { values: ['CREATING', 'ACTIVE', 'DELETING', 'DELETED', 'CREATE_FAILED', 'UPDATING', 'UPDATE_FAILED'] },
  DatastoreTypeVersion: { values: ['R4'] },
  IdpLambdaArn: {
    length: [49, 256],
    pattern: 'arn:aws:lambda:[a-z]{2}-[a-z]+-\\d{1}:\\d{12}:function:[a-zA-Z0-9\\-_\\.]+(:(\\$LATEST|[a-zA-Z0-9\\-_]+))?',
  },
  JobId: { length: [1, 32], pattern: NAME },
  JobName: { length: [1, 64], pattern: NAME },
  JobStatus: {
    values: ['SUBMITTED', 'QUEUED', 'IN_PROGRESS', 'COMPLETED_WITH_ERRORS', 'COMPLETED', 'FAILED',
      'CANCEL_SUBMITTED', 'CANCEL_IN_PROGRESS', 'CANCEL_COMPLETED', 'CANCEL_FAILED'],
  },
  Key: { length: [1, 128], pattern: TAG },
  KmsKeyId: {
    length: [1, 400],
    pattern: '(arn:aws((-us-gov)|(-iso)|(-iso-b)|(-cn))?:kms:)?([a-z]{2}-[a-z]+(-[a-z]+)?-\\d:)?(\\d{12}:)?' +
      '(((key/)?[a-zA-Z0-9-_]+)|(alias/[a-zA-Z0-9:/_-]+))',
  },
  MaxResults: { range: [1, 500] },
  Message: { length: [1, 2048], pattern: NAME },
  NextToken: { length: [0, 8192], pattern: '\\p{ASCII}{0,8192}' },
  PreloadDataType: { values: ['SYNTHEA'] },
  S3Uri: { length: [0, 1024], pattern: 's3://[a-z0-9][\\.\\-a-z0-9]{1,61}[a-z0-9](/.*)?' },
  Tags: { length: [0, 200] },
  ValidationLevel: { values: ['strict', 'structure-only', 'minimal'] },
  Value: { length: [0, 256], pattern: TAG },
};

/** Returns the violations of a value, worded like AWS's validation framework. */
export function violationsOf(member: string, value: string | number | readonly unknown[]): string[] {
  const constraint = CONSTRAINTS[member];
  const found: string[] = [];
  if (typeof value !== 'number' && constraint?.length) {
    const [min, max] = constraint.length;
    const length = typeof value === 'string' ? [...value].length : value.length;
    if (length < min) {
      found.push(`Member must have length greater than or equal to ${min}`);
    }
    if (length > max) {
      found.push(`Member must have length less than or equal to ${max}`);
    }
  }
  if (typeof value === 'string' && constraint?.pattern && !matchesWhole(constraint.pattern, value)) {
    found.push(`Member must satisfy regular expression pattern: ${constraint.pattern}`);
  }
  if (typeof value === 'string' && constraint?.values && !constraint.values.includes(value)) {
    found.push(`Member must satisfy enum value set: [${constraint.values.join(', ')}]`);
  }
  if (typeof value === 'number' && constraint?.range) {
    const [min, max] = constraint.range;
    if (value < min) {
      found.push(`Member must have value greater than or equal to ${min}`);
    }
    if (value > max) {
      found.push(`Member must have value less than or equal to ${max}`);
    }
  }
  return found;
}

function matchesWhole(pattern: string, value: string): boolean {
  return new RegExp(`^(?:${pattern})$`, 'u').test(value);
}
