import * as path from 'node:path';
import { type Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { FunctionRoles } from '../../private/function-roles';

/** The operations that the functions call. The description of an export says nothing that its list doesn't say. */
const LIST_JOBS = ['healthlake:DescribeFHIRImportJob', 'healthlake:ListFHIRExportJobs', 'healthlake:ListFHIRImportJobs'];

/** Properties of a function that `JobFunctions` creates. */
export interface JobFunctionProps {
  readonly description: string;
  /** The bundle of the function, as a folder of `assets/lambda/job-monitor`. */
  readonly asset: 'index' | 'widget/index';
  readonly role: iam.IRole;
  readonly timeout: Duration;
}

/** The functions that list the jobs of data stores, with their roles and their log group. */
export class JobFunctions {
  public readonly logGroup: logs.ILogGroup;
  private readonly functionLogs: logs.ILogGroup;
  private readonly roles: FunctionRoles;

  constructor(private readonly scope: Construct, private readonly datastoreArns: string[], supplied?: logs.ILogGroupRef) {
    const logGroup = supplied ?? new logs.LogGroup(scope, 'LogGroup', {
      retention: logs.RetentionDays.ONE_YEAR,
      removalPolicy: RemovalPolicy.RETAIN, // the history of the jobs outlives the stack
    });
    // `logGroup` may be an L1 construct, which doesn't have the methods of `ILogGroup`.
    this.functionLogs = logs.LogGroup.fromLogGroupName(scope, 'FunctionLogs', logGroup.logGroupRef.logGroupName);
    this.logGroup = logGroup instanceof logs.LogGroup ? logGroup : this.functionLogs;
    this.roles = new FunctionRoles(scope, logGroup, false);
  }

  /** Creates a role with the permissions of the functions, or adds these permissions to a supplied role. */
  public role(id: string, description: string, supplied?: iam.IRole): iam.IRole {
    const listJobs = new iam.PolicyStatement({ actions: LIST_JOBS, resources: this.datastoreArns });
    this.roles.allowBasics(supplied);
    supplied?.addToPrincipalPolicy(listJobs);
    return supplied ?? this.roles.create(id, description, { Jobs: new iam.PolicyDocument({ statements: [listJobs] }) });
  }

  public create(id: string, { asset, ...props }: JobFunctionProps): lambda.Function {
    return new lambda.Function(this.scope, id, {
      code: lambda.Code.fromAsset(path.join(__dirname, '..', '..', '..', 'assets', 'lambda', 'job-monitor', asset)),
      handler: 'index.handler',
      runtime: lambda.determineLatestNodeRuntime(this.scope),
      logGroup: this.functionLogs,
      memorySize: 256,
      ...props,
    });
  }
}
