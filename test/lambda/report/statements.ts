import { App, Stack } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { exportReportStatements } from '../../../src/export/private/report-statements';
import { reportStatements as importReportStatements } from '../../../src/import/private/report';

/** The results that a report role may read. */
export interface ReportScope {
  readonly bucketName: string;
  /** The prefix of the output location. It is empty or ends in `/`. */
  readonly prefix: string;
  readonly datastoreId: string;
  readonly keyArn: string;
  readonly region: string;
}

/** Returns the statements that the construct of an import or export writes for the report role, with the values that they have after the deployment. */
export function reportStatements(kind: 'IMPORT' | 'EXPORT', { bucketName, prefix, datastoreId, keyArn, region }: ReportScope): object[] {
  const stack = new Stack(new App(), 'Stack');
  const [bucket, key] = [Bucket.fromBucketName(stack, 'Results', bucketName), Key.fromKeyArn(stack, 'Key', keyArn)];
  const statementsOf = kind === 'EXPORT' ? exportReportStatements : importReportStatements;
  const statements = statementsOf({ bucket, prefix }, key, datastoreId).map((statement) => stack.resolve(statement.toStatementJson()) as object);
  return JSON.parse(JSON.stringify(statements, (_, value: unknown) => deployed(value, region))) as object[];
}

/** Replaces the intrinsic functions in a part of a statement by their values. */
function deployed(value: unknown, region: string): unknown {
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const { Ref, 'Fn::Join': join } = value as { readonly 'Ref'?: string; readonly 'Fn::Join'?: [string, unknown[]] };
  if (Ref !== undefined) {
    return { 'AWS::Region': region, 'AWS::Partition': 'aws' }[Ref];
  }
  return join ? join[1].map((part) => deployed(part, region)).join(join[0]) : value;
}
