import type { Failure, Failures } from './failures';
import { parseObject } from '../../../../lambda/report/read/result-line';

/** The number that HealthLake gives to the first line of a file. HealthLake doesn't document it. */
export type Numbering = 0 | 1;

/** The numbering that is assumed if the results don't show it. */
export const DEFAULT_NUMBERING: Numbering = 1;

/** Returns whether a line has the resource of a failure. Undefined if HealthLake's result has no id to compare. */
export function isResourceOf(failure: Failure, line: Buffer): boolean | undefined {
  return failure.resourceId === undefined ? undefined : parseObject(line.toString('utf8'))?.id === failure.resourceId;
}

/**
 * Returns the numbering that the results of a line show: a line that has the resource of the failure with one number, but not that of the other number.
 *
 * @param index the index of the line in its file, from 0
 */
export function numberingOf({ byLine }: Failures, line: Buffer, index: number): Numbering | undefined {
  const fits = (numbering: Numbering): boolean => {
    const failure = byLine.get(index + numbering);
    return failure !== undefined && isResourceOf(failure, line) === true;
  };
  return fits(0) === fits(1) ? undefined : fits(1) ? 1 : 0;
}
