import type { ObservedOperation } from '../run/observed';

/** The reasons with which the handler refuses to import a data set that the data store may already contain. */
export const REFUSALS = {
  repointed: /no import job was started: the data store changed from (\S+) to (\S+) and the data set did not;/,
  forgotten: /no import job was started: a roll-back did not find the job of this data set,/,
  doubtful: /no import job was started: after a failed deployment it is not known whether alreadyImported was set/,
};

/** Returns whether the handler refused to start a job. The deployment then fails by design. */
export function isRefused({ failures }: ObservedOperation): boolean {
  return failures.some(({ reason }) => Object.values(REFUSALS).some((refusal) => refusal.test(reason)));
}
