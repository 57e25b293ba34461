/** One statement of a function's resource policy, as `AWS::Lambda::Permission` gives it. */
export interface FunctionPermission {
  readonly statementId: string;
  readonly action: string;
  /** An AWS service, an account or the ARN of a user or role. */
  readonly principal: string;
  /** The function as the permission names it, qualified or not. */
  readonly functionArn: string;
  readonly sourceArn?: string;
  readonly sourceAccount?: string;
}

/** The policy document that the permissions for one qualified or unqualified function make up. */
export function permissionPolicy(permissions: readonly FunctionPermission[], functionArn: string): unknown {
  const statements = permissions.filter((permission) => permission.functionArn === functionArn).map(statement);
  return statements.length > 0 ? { Version: '2012-10-17', Statement: statements } : undefined;
}

function statement(permission: FunctionPermission): unknown {
  const { statementId, action, principal, functionArn, sourceArn, sourceAccount } = permission;
  const condition = {
    ...(sourceArn && { ArnLike: { 'aws:SourceArn': sourceArn } }),
    ...(sourceAccount && { StringEquals: { 'aws:SourceAccount': sourceAccount } }),
  };
  return {
    Sid: statementId.replace(/[^A-Za-z0-9]/g, ''),
    Effect: 'Allow',
    Principal: principal === '*' ? '*' : { [principal.endsWith('.amazonaws.com') ? 'Service' : 'AWS']: principal },
    Action: action,
    Resource: functionArn,
    ...(Object.keys(condition).length > 0 && { Condition: condition }),
  };
}
