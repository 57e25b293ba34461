import type { StackEvent } from '@aws-sdk/client-cloudformation';
import type { DatastoreProperties, ImportJobProperties } from '@aws-sdk/client-healthlake';
import type { Deployment } from '../aws/quickstart';
import { reasonsOf } from '../aws/stacks';
import { LINE } from '../lines';
import type { Observations } from '../observations';

/** The assumptions that must hold for HealthLake to accept the quickstart's job. */
const NEEDED_FOR_ACCEPTANCE = [LINE.listBucketCondition, LINE.trustByRoleArn, LINE.stackByArn, LINE.sourceArn, LINE.keyAsArn];

/** How long the handler repeats a refused Start while new roles and policies take effect. */
const PROPAGATION_SECONDS = 300;

/** Records observations of the data store's deployment. */
export function noteDatastore(observations: Observations, { succeeded, events }: Deployment): void {
  const ofDatastore = events.filter(({ ResourceType: type }) => type === 'AWS::HealthLake::FHIRDatastore');
  const seconds = secondsBetween(ofDatastore[0], ofDatastore.at(-1));
  if (ofDatastore.length === 0) {
    [LINE.creationTime, LINE.lakeFormation].forEach((line) => observations.miss(line, 'the data store existed before the run'));
  } else if (succeeded) {
    observations.note(LINE.creationTime, seconds <= 30 * 60, `the data store was ACTIVE after ${seconds} s`);
    observations.note(LINE.lakeFormation, true, 'the role of the deployment could create the data store');
  } else {
    observations.note(LINE.lakeFormation, false, reasonsOf(events));
  }
}

/** Records whether the URL of the data store's FHIR API is the one that `FhirDatastore.fromDatastoreId()` builds. */
export function noteEndpoint(observations: Observations, { DatastoreArn: arn = '', DatastoreEndpoint: endpoint, DatastoreId: id }: DatastoreProperties): void {
  const built = `https://healthlake.${arn.split(':')[3]}.amazonaws.com/datastore/${id}/r4/`;
  observations.note(LINE.endpointForm, endpoint === built, `the data store's endpoint is ${endpoint}`);
}

/** Records which assumptions about permissions the first deployment of the import confirms. If HealthLake accepted no job, the deployment confirms none. */
export function noteAcceptance(observations: Observations, { events }: Deployment, datastore: DatastoreProperties, job?: ImportJobProperties): void {
  if (!job) {
    NEEDED_FOR_ACCEPTANCE.forEach((line) => observations.miss(line, `no job was accepted; a possible reason: ${reasonsOf(events)}`));
    return;
  }
  const accepted = `the job ${job.JobId} was accepted`;
  [LINE.listBucketCondition, LINE.trustByRoleArn, LINE.stackByArn].forEach((line) => observations.note(line, true, accepted));
  const arn = datastore.DatastoreArn ?? '';
  observations.note(LINE.sourceArn, arn.endsWith(`:datastore/fhir/${datastore.DatastoreId}`), `${accepted}; the data store's ARN is ${arn}`);
  const key = job.JobOutputDataConfig?.S3Configuration?.KmsKeyId ?? 'nothing';
  observations.note(LINE.keyAsArn, key.startsWith('arn:'), `${accepted}; Describe returns ${key}`);
  notePropagation(observations, events);
}

function notePropagation(observations: Observations, events: readonly StackEvent[]): void {
  const created = (type: string) =>
    events.filter((event) => event.ResourceType === type && event.ResourceStatus === 'CREATE_COMPLETE').at(-1);
  const [role, job] = [created('AWS::IAM::Role'), created('Custom::FhirImportJob')];
  if (!role || !job) {
    observations.miss(LINE.propagation, 'the roles existed before the run');
    return;
  }
  const seconds = secondsBetween(role, job);
  observations.note(LINE.propagation, seconds <= PROPAGATION_SECONDS, `the job was accepted within ${seconds} s after the creation of the last role`);
}

function secondsBetween(from?: StackEvent, to?: StackEvent): number {
  return Math.round(((to?.Timestamp?.getTime() ?? 0) - (from?.Timestamp?.getTime() ?? 0)) / 1000);
}
