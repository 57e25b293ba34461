import { setTimeout as sleep } from 'node:timers/promises';
import type { Laptop } from './laptop';
import type { ExportEventDetail, ImportEventDetail } from '../../../src/contract';
import { arePaused, isMonitor } from '../../support/executions';

/** The time that one skip adds to the clock. It is shorter than the monitor's pauses, so each poll is at most this late. */
const STEP = 20_000;

/** Skips time until all monitor executions have ended or the given time has passed. */
export async function monitor(laptop: Laptop, forMs = Infinity): Promise<void> {
  const { aws, aws: { clock } } = laptop;
  const until = clock.now() + forMs;
  const running = () => executions(laptop).filter(({ status }) => status === 'RUNNING');
  while (running().length > 0 && clock.now() < until) {
    if (arePaused(aws, running())) {
      laptop.skip(STEP);
    }
    await sleep(2);
  }
  await aws.events.settled();
  await aws.cloudwatch.settled();
}

/** Returns all executions of the monitor, including those that have ended. */
export function executions({ aws }: Laptop) {
  return aws.states.executions().filter(isMonitor);
}

/** Returns the detail type and the detail of each event that this library sent, oldest first. */
export function events({ aws }: Laptop): [string, ImportEventDetail | ExportEventDetail][] {
  return aws.events.entries.filter(({ event }) => event.source === 'cdk-healthlake-import')
    .map(({ event }) => [event['detail-type'], event.detail as unknown as ImportEventDetail | ExportEventDetail]);
}

/** Returns the state of the alarm of a stack whose logical id matches. */
export function alarmState(laptop: Laptop, stackName: string, logicalId: RegExp): string {
  const { physicalId } = [...laptop.stack(stackName).resources.values()].find((resource) => logicalId.test(resource.logicalId))!;
  return laptop.aws.cloudwatch.alarm(physicalId!).state;
}
