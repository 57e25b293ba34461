import type { JobNoun } from './healthlake-job';
import type { JobKind } from './kind';
import { ALREADY_IMPORTED, CONTRACT_VERSION, type JobOutcomeProperties, UNKNOWN } from '../../src/contract';

/** The versions of the contract that this handler can read. */
const READABLE = ['1', '2', CONTRACT_VERSION];

/** Returns the reason why the handler can't read these properties, or undefined if it can. */
export function unreadable({ noun }: { readonly noun: JobNoun }, { ContractVersion: version }: { readonly ContractVersion: string }):
string | undefined {
  return READABLE.includes(version) ? undefined
    : `the ${noun} was written as contract version "${version}" and this provider reads up to "${CONTRACT_VERSION}"; `
      + `deploy the stack of the provider and the stack of the ${noun} with the same version of cdk-healthlake-import, the provider first`;
}

/**
 * Returns the reason why the job can't be judged: the handler can't read the properties, or a roll-back did not find the job. Returns undefined if
 * the job can be judged.
 */
export function obstacleOf(kind: JobKind, properties: Pick<JobOutcomeProperties, 'ContractVersion' | 'JobId'>): string | undefined {
  return unreadable(kind, properties) ?? (properties.JobId !== UNKNOWN ? undefined
    : 'the job of this data set is not known, because HealthLake did not answer during a roll-back; '
      + kind.lookUp);
}

/** Returns whether the import started no job because of `alreadyImported`. Such an import has no job to describe. */
export function isDeclaredJob({ JobId }: Pick<JobOutcomeProperties, 'JobId'>): boolean {
  return JobId === ALREADY_IMPORTED;
}
