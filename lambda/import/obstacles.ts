import { ALREADY_IMPORTED, CONTRACT_VERSION, type ImportOutcomeProperties, UNKNOWN } from '../../src/contract';

/** The versions of the contract that this handler can read. */
const READABLE = ['1', '2', CONTRACT_VERSION];

/** Returns the reason why the handler can't read these properties, or undefined if it can. */
export function unreadable({ ContractVersion: version }: { readonly ContractVersion: string }): string | undefined {
  return READABLE.includes(version) ? undefined
    : `the import was written as contract version "${version}" and this provider reads up to "${CONTRACT_VERSION}"; `
      + 'deploy the stack of the provider and the stack of the import with the same version of cdk-healthlake-import, the provider first';
}

/**
 * Returns the reason why the job can't be judged: the handler can't read the properties, or a roll-back did not find the job. Returns undefined if
 * the job can be judged.
 */
export function obstacleOf(properties: Pick<ImportOutcomeProperties, 'ContractVersion' | 'JobId'>): string | undefined {
  return unreadable(properties) ?? (properties.JobId !== UNKNOWN ? undefined
    : 'the job of this data set is not known, because HealthLake did not answer during a roll-back; '
      + 'change errorTolerance or outputPrefix, which makes the deployment look the job up and starts no job');
}

/** Returns whether the import started no job because of `alreadyImported`. Such an import has no job to describe. */
export function isDeclaredJob({ JobId }: Pick<ImportOutcomeProperties, 'JobId'>): boolean {
  return JobId === ALREADY_IMPORTED;
}
