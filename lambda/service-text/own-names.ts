import { ROLE_SESSION_NAME } from '../aws/credentials';
import { locationOf } from '../jobs/preflight/request';
import type { AnyReportRequest } from '../report/types';

/**
 * The properties that name the own resources of an import or export. They are optional, because a stack that an older version of this library deployed lacks
 * some of them.
 */
export interface NamedJob {
  readonly ConstructPath?: string;
  readonly DatastoreId?: string;
  readonly JobId?: string;
  readonly OperatorRoleArn?: string;
  readonly DataAccessRoleArn?: string;
  readonly InputS3Uri?: string;
  readonly OutputS3Uri?: string;
  readonly OutputKmsKeyId?: string;
  readonly EventBusArn?: string;
  readonly Report?: { readonly FunctionArn?: string; readonly RoleArn?: string };
  readonly Watch?: { readonly StateMachineArn?: string };
}

/** Returns the names of the own resources of an import or export. These names may be shown, because they are configuration and visible in the template. */
export function ownNamesOf(named: NamedJob = {}, stackId?: string): readonly string[] {
  const { DatastoreId, OperatorRoleArn, DataAccessRoleArn, InputS3Uri, OutputS3Uri, Report } = named;
  const roles = [OperatorRoleArn, DataAccessRoleArn, Report?.RoleArn];
  const names = [
    named.ConstructPath, DatastoreId, named.JobId, named.OutputKmsKeyId, named.EventBusArn, Report?.FunctionArn, named.Watch?.StateMachineArn,
    stackId, stackId?.split('/')[1],
    ...roles,
    ...roles.flatMap(sessionsOf),
    ...accountOf(OperatorRoleArn),
    ...datastoreArnOf(OperatorRoleArn, DatastoreId),
    ...[InputS3Uri, OutputS3Uri].flatMap((uri) => namesOfLocation(uri, partitionOf(OperatorRoleArn))),
  ];
  return names.filter((name): name is string => name !== undefined && name !== '');
}

/** Returns the names of a job's own resources that a request to the report function contains. */
export function ownNamesOfReport(request: AnyReportRequest): readonly string[] {
  const { DatastoreId, JobId, OutputLocation, ReportRoleArn } = request;
  const InputS3Uri = request.Kind === 'EXPORT' ? undefined : request.InputS3Uri;
  return ownNamesOf({ DatastoreId, JobId, OutputS3Uri: OutputLocation, InputS3Uri, OperatorRoleArn: ReportRoleArn });
}

/**
 * Returns the ARNs by which AWS messages name an assumed role: the ARN of this library's session, and the start of the ARN of any other session. The names of
 * other sessions stay hidden, because they can be names of people.
 */
function sessionsOf(roleArn: string | undefined): string[] {
  const [, partition, account, name] = /^arn:([^:]+):iam::(\d+):role\/(?:.*\/)?([^/]+)$/.exec(roleArn ?? '') ?? [];
  const session = `arn:${partition}:sts::${account}:assumed-role/${name}/`;
  return name === undefined ? [] : [session, session + ROLE_SESSION_NAME];
}

function partitionOf(arn = ''): string {
  return arn.split(':')[1] ?? 'aws';
}

function accountOf(arn = ''): string[] {
  return arn.split(':').slice(4, 5);
}

function datastoreArnOf(roleArn: string | undefined, datastoreId: string | undefined): string[] {
  const place = `arn:${partitionOf(roleArn)}:healthlake:${process.env.AWS_REGION}:${accountOf(roleArn)}`;
  return datastoreId === undefined ? [] : [`${place}:datastore/fhir/${datastoreId}`, `${place}:datastore/${datastoreId}`];
}

/** Returns all forms in which AWS messages name the bucket and the prefix of a location. */
function namesOfLocation(uri: string | undefined, partition: string): string[] {
  const { bucket, prefix } = locationOf(uri ?? '');
  const arn = `arn:${partition}:s3:::${bucket}`;
  const host = `${bucket}.s3.${process.env.AWS_REGION}.amazonaws.com`;
  return bucket === '' ? [] : [bucket, `s3://${bucket}`, arn, host, ...[`s3://${bucket}/`, `${arn}/`, `https://${host}/`].flatMap((root) => [root, root + prefix])];
}
