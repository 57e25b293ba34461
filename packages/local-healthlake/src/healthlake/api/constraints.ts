/** A constraint of the API model on the values of a member. */
export interface Constraint {
  readonly length?: readonly [min: number, max: number];
  /** The regular expression as the API model prints it. It must match the whole value. */
  readonly pattern?: string;
  readonly values?: readonly string[];
  readonly range?: readonly [min: number, max: number];
}

const NAME = '^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-%@]*)$';
const TAG = '^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$';

/**
 * The constraints of API version 2017-07-01 by member name, from the model in botocore (Apache-2.0). A member has the same constraint in every
 * structure. Errors quote the patterns, so a pattern has anchors only where the API reference prints them. The SDK's runtime schemas contain
 * shapes and required members, but no constraints.
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
  const { length, pattern, values, range } = CONSTRAINTS[member] ?? {};
  const violations: (string | false | undefined)[] = [];
  if (typeof value === 'number') {
    violations.push(
      range && value < range[0] && `have value greater than or equal to ${range[0]}`,
      range && value > range[1] && `have value less than or equal to ${range[1]}`);
  } else {
    const size = typeof value === 'string' ? [...value].length : value.length; // characters, not UTF-16 code units
    violations.push(
      length && size < length[0] && `have length greater than or equal to ${length[0]}`,
      length && size > length[1] && `have length less than or equal to ${length[1]}`);
  }
  if (typeof value === 'string') {
    violations.push(
      pattern !== undefined && !new RegExp(`^(?:${pattern})$`, 'u').test(value) && `satisfy regular expression pattern: ${pattern}`,
      values && !values.includes(value) && `satisfy enum value set: [${values.join(', ')}]`);
  }
  return violations.flatMap((violation) => violation ? [`Member must ${violation}`] : []);
}
