import { createHash } from 'node:crypto';

/** Returns the first 20 hex digits of a hash: the fingerprint of a data set. */
export function hashDataSet(version: string, dataSet: readonly string[]): string {
  return sha256([version, ...dataSet]).slice(0, 20);
}

/** Returns the name for a job that imports or exports a data set. */
export function jobNameOf(prefix: string, fingerprint: string): string {
  return `${prefix}-${fingerprint}`;
}

/** Returns whether a job name ends with this fingerprint. The job name may have any prefix. */
export function isJobOf(fingerprint: string, jobName?: string): boolean {
  return jobName?.endsWith(`-${fingerprint}`) ?? false;
}

/** The parameters of a start request without the client token, which is computed from them. */
export type WithoutToken<Request> = Omit<Request, 'ClientToken'>;

/**
 * For each parameter of a start request, the values that are hashed into the client token. The order of the values must never change. If the API gets a new
 * parameter, the compiler requires an entry for it.
 */
export type Hashed<Request> = {
  readonly [Name in keyof Required<WithoutToken<Request>>]: (request: WithoutToken<Request>) => readonly (string | undefined)[];
};

/**
 * Returns the client token for a start request. A repeated request has the same client token. After a job of the data set has failed, the next request has a
 * different client token.
 */
export function hashRequest<Request>(hashed: Hashed<Request>, request: WithoutToken<Request>, failedJobIds: readonly string[]): string {
  const values = Object.values<Hashed<Request>[keyof Hashed<Request>]>(hashed).flatMap((valuesOf) => valuesOf(request));
  return sha256(['client-token/1', ...values.map((value) => value ?? ''), ...[...failedJobIds].sort()]);
}

function sha256(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
