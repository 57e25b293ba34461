import type { ObservedOperation } from '../run/observed';

/** How the handler refuses to start a job of a data set that may be in the data store already. */
export const REFUSALS = {
  repointed: /no import job was started: the data store changed from (\S+) to (\S+) and the data set did not;/,
  forgotten: /no import job was started: a roll-back did not find the job of this data set,/,
  doubtful: /no import job was started: after a failed deployment it is not known whether alreadyImported was set/,
};

/** Whether a start was refused: then a deployment fails by design. */
export function isRefused({ failures }: ObservedOperation): boolean {
  return failures.some(({ reason }) => Object.values(REFUSALS).some((refusal) => refusal.test(reason)));
}
