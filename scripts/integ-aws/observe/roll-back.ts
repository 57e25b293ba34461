import type { StackEvent } from '@aws-sdk/client-cloudformation';
import { LINE } from '../lines';
import type { Sightings } from '../observations';

/** What CloudFormation did with the import's resources after it had begun to roll an update back. */
export function noteRollback(sightings: Sightings, events: readonly StackEvent[], jobsStarted: number): void {
  const start = events.findIndex(({ ResourceStatus: status }) => status === 'UPDATE_ROLLBACK_IN_PROGRESS');
  if (start < 0) {
    sightings.miss(LINE.rollbackOfNewId, 'the update was not rolled back');
    return;
  }
  const forward = importEvents(events.slice(0, start));
  const back = importEvents(events.slice(start));
  const said = back.map((event) => `${nameOf(event)} ${event.ResourceStatus} (${ageOf(event, forward)})`);
  const ended = events.at(-1)?.ResourceStatus;
  sightings.note(LINE.rollbackOfNewId, jobsStarted === 1 && ended === 'UPDATE_ROLLBACK_COMPLETE',
    `${said.join(', ') || 'no event of Job or Outcome'}; the stack ended as ${ended}; ${jobsStarted} job was started, by the update`);
}

function importEvents(events: readonly StackEvent[]): StackEvent[] {
  return events.filter(({ ResourceType: type }) => type?.startsWith('Custom::FhirImport'));
}

function nameOf({ ResourceType: type }: StackEvent): string {
  return type === 'Custom::FhirImportJob' ? 'Job' : 'Outcome';
}

/** Whether an id was there before the update: its first event names the one that CloudFormation knew. */
function ageOf({ ResourceType: type, PhysicalResourceId: id }: StackEvent, forward: readonly StackEvent[]): string {
  const first = forward.find((event) => event.ResourceType === type);
  return id === first?.PhysicalResourceId ? 'the id from before the update' : 'another id';
}
