/** A statement of a function's resource policy, created by AWS::Lambda::Permission. */
export interface FunctionPermission {
  readonly statementId: string;
  readonly action: string;
  /** An AWS service, an account, or the ARN of a user or role. */
  readonly principal: string;
  /** The ARN of the function or of one version. */
  readonly functionArn: string;
  readonly sourceArn?: string;
  readonly sourceAccount?: string;
}

/** Returns the policy document for the ARN of a function or version. Returns undefined if the ARN has no permissions. */
export function permissionPolicy(permissions: readonly FunctionPermission[], functionArn: string): unknown {
  const statements = permissions.filter((permission) => permission.functionArn === functionArn).map(statement);
  return statements.length > 0 ? { Version: '2012-10-17', Statement: statements } : undefined;
}

function statement({ statementId, action, principal, functionArn, sourceArn, sourceAccount }: FunctionPermission): unknown {
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
