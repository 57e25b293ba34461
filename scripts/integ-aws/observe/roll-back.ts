import type { StackEvent } from '@aws-sdk/client-cloudformation';
import { LINE } from '../lines';
import type { Observations } from '../observations';

/** Records which requests CloudFormation sends to the custom resources of the import during a roll-back. */
export function noteRollback(observations: Observations, events: readonly StackEvent[], jobsStarted: number): void {
  const start = events.findIndex(({ ResourceStatus: status }) => status === 'UPDATE_ROLLBACK_IN_PROGRESS');
  if (start < 0) {
    observations.miss(LINE.rollbackOfNewId, 'the update was not rolled back');
    return;
  }
  const forward = importEvents(events.slice(0, start));
  const back = importEvents(events.slice(start));
  const requests = back.map((event) => `${nameOf(event)} ${event.ResourceStatus} (${ageOf(event, forward)})`);
  const ended = events.at(-1)?.ResourceStatus;
  observations.note(LINE.rollbackOfNewId, jobsStarted === 1 && ended === 'UPDATE_ROLLBACK_COMPLETE',
    `${requests.join(', ') || 'no event of Job or Outcome'}; the stack's status is ${ended}; jobs started by the update: ${jobsStarted}`);
}

function importEvents(events: readonly StackEvent[]): StackEvent[] {
  return events.filter(({ ResourceType: type }) => type?.startsWith('Custom::FhirImport'));
}

function nameOf({ ResourceType: type }: StackEvent): string {
  return type === 'Custom::FhirImportJob' ? 'Job' : 'Outcome';
}

/** Describes the physical id of an event in the roll-back. The resource's first event in the update has the id from before the update. */
function ageOf({ ResourceType: type, PhysicalResourceId: id }: StackEvent, forward: readonly StackEvent[]): string {
  const first = forward.find((event) => event.ResourceType === type);
  return id === first?.PhysicalResourceId ? 'the id from before the update' : 'another id';
}
