/** Undefined if one of the points in time isn't known. */
export function secondsBetween(start?: Date, end?: Date): number | undefined {
  return start && end ? (end.getTime() - start.getTime()) / 1000 : undefined;
}
