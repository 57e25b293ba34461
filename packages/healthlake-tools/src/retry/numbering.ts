import type { Failure, Failures } from './failures';
import { INVALID_JSON } from '../../../../lambda/report/document/json-cause';
import { parseObject } from '../../../../lambda/report/read/result-line';

/** The number that HealthLake gives to the first line of a file. AWS doesn't document it. */
export type Numbering = 0 | 1;

/** The numbering that is assumed if no line proves one. */
export const DEFAULT_NUMBERING: Numbering = 1;

/** Returns whether a line has another resource than the failure. Returns false if the failure has no id to compare. */
export function isOtherResource({ resourceId }: Failure, line: Buffer): boolean {
  return resourceId !== undefined && idIn(line) !== resourceId;
}

/** Returns the numbering that a line proves: with this numbering, the line fits its failure, and with the other one, it doesn't. */
export function numberingOf({ byLine }: Failures, line: Buffer, index: number): Numbering | undefined {
  const fits = (numbering: Numbering): boolean => isKnownBy(byLine.get(index + numbering), line);
  return fits(0) === fits(1) ? undefined : fits(1) ? 1 : 0;
}

/** Returns whether a failure can prove the numbering: it has an id, or says that the line is not JSON. */
export function showsNumbering({ resourceId, issues }: Failure): boolean {
  return resourceId !== undefined || issues.some(({ text }) => text === INVALID_JSON);
}

function isKnownBy(failure: Failure | undefined, line: Buffer): boolean {
  if (failure === undefined || !showsNumbering(failure)) {
    return false;
  }
  return failure.resourceId === undefined ? parseObject(line.toString('utf8')) === undefined : !isOtherResource(failure, line);
}

function idIn(line: Buffer): unknown {
  return parseObject(line.toString('utf8'))?.id;
}
