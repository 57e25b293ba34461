import { CONTRACT_VERSION } from '../../src/contract';

/** What stacks hold that this handler reads. */
const READABLE = ['1', '2', CONTRACT_VERSION];

/** Why the handler can't go by these properties; undefined if it can. */
export function unreadable({ ContractVersion: version }: { readonly ContractVersion: string }): string | undefined {
  return READABLE.includes(version) ? undefined
    : `the import was written as contract version "${version}" and this provider reads up to "${CONTRACT_VERSION}"; `
      + 'deploy the stack of the provider and the stack of the import with the same version of cdk-healthlake-import, the provider first';
}
