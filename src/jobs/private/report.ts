import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { AssumedRole } from './job-roles';
import type { Kind } from './kind';
import type { ContractReport } from '../../contract';

/** The function of a provider that reports on jobs. */
export interface ReportFunction {
  readonly fn: lambda.Function;
  readonly role: iam.IRole;
}

/** Returns the role that the report function assumes for one construct, which is the supplied role or a new one, and the contract property `Report`. */
export function createReport(scope: Construct, kind: Kind, { fn, role: functionRole }: ReportFunction, statements: iam.PolicyStatement[],
  supplied?: iam.IRole): { readonly role: iam.IRole; readonly contract: ContractReport } {
  const { role } = new AssumedRole(scope, 'ReportRole', {
    kind,
    name: 'reportRole',
    supplied,
    description: `Reports on the results of FHIR ${kind.noun} jobs`,
    assumedBy: [functionRole],
    policyName: 'Report',
    statements,
    after: [fn],
  });
  return { role, contract: { FunctionArn: fn.functionArn, RoleArn: role.roleArn } };
}
