/**
 * One structured line. Logs are read by people who may not see patient data: counts, statuses, ids of jobs and data stores, codes.
 */
export function log(message: string, fields: Readonly<Record<string, string | number | undefined>>): void {
  console.log(JSON.stringify({ message, ...fields }));
}
