import type { StackEvent } from '@aws-sdk/client-cloudformation';
import type { DatastoreProperties, ImportJobProperties } from '@aws-sdk/client-healthlake';
import type { Deployment } from '../aws/quickstart';
import { reasonsOf } from '../aws/stacks';
import { LINE } from '../lines';
import type { Sightings } from '../observations';

/** What has to be as we assume for HealthLake to accept the quickstart's job. */
const NEEDED_FOR_ACCEPTANCE = [LINE.listBucketCondition, LINE.trustByRoleArn, LINE.stackByArn, LINE.sourceArn, LINE.keyAsArn];

/** How long the handler goes on trying while policies settle. */
const SETTLING_SECONDS = 300;

/** What the deployment of the data store shows. */
export function noteDatastore(sightings: Sightings, { succeeded, events }: Deployment): void {
  const ofDatastore = events.filter(({ ResourceType: type }) => type === 'AWS::HealthLake::FHIRDatastore');
  const seconds = secondsBetween(ofDatastore[0], ofDatastore.at(-1));
  if (ofDatastore.length === 0) {
    [LINE.creationTime, LINE.lakeFormation].forEach((line) => sightings.miss(line, 'the data store was there already'));
  } else if (succeeded) {
    sightings.note(LINE.creationTime, seconds <= 30 * 60, `the data store took ${seconds} s to be ACTIVE`);
    sightings.note(LINE.lakeFormation, true, 'the role that the deployment used could create it');
  } else {
    sightings.note(LINE.lakeFormation, false, reasonsOf(events));
  }
}

/** What the first deployment of the import shows about permissions; without a job it shows that one of them is not as we assume. */
export function noteAcceptance(sightings: Sightings, { events }: Deployment, datastore: DatastoreProperties, job?: ImportJobProperties): void {
  if (!job) {
    NEEDED_FOR_ACCEPTANCE.forEach((line) => sightings.miss(line, `no job was accepted, and this may be why: ${reasonsOf(events)}`));
    return;
  }
  const accepted = `the job ${job.JobId} was accepted`;
  [LINE.listBucketCondition, LINE.trustByRoleArn, LINE.stackByArn].forEach((line) => sightings.note(line, true, accepted));
  const arn = datastore.DatastoreArn ?? '';
  sightings.note(LINE.sourceArn, arn.endsWith(`:datastore/fhir/${datastore.DatastoreId}`), `${accepted}; the data store's ARN is ${arn}`);
  const key = job.JobOutputDataConfig?.S3Configuration?.KmsKeyId ?? 'nothing';
  sightings.note(LINE.keyAsArn, key.startsWith('arn:'), `${accepted}; Describe gives ${key}`);
  notePropagation(sightings, events);
}

function notePropagation(sightings: Sightings, events: readonly StackEvent[]): void {
  const created = (type: string) =>
    events.filter((event) => event.ResourceType === type && event.ResourceStatus === 'CREATE_COMPLETE').at(-1);
  const [role, job] = [created('AWS::IAM::Role'), created('Custom::FhirImportJob')];
  if (!role || !job) {
    sightings.miss(LINE.propagation, 'the roles were there already');
    return;
  }
  const seconds = secondsBetween(role, job);
  sightings.note(LINE.propagation, seconds <= SETTLING_SECONDS, `the job was accepted within ${seconds} s after the last role was made`);
}

function secondsBetween(from?: StackEvent, to?: StackEvent): number {
  return Math.round(((to?.Timestamp?.getTime() ?? 0) - (from?.Timestamp?.getTime() ?? 0)) / 1000);
}
