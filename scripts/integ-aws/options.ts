import { parseArgs } from 'node:util';

/** What the script was asked for. */
export interface Options {
  /** The account that is meant. */
  readonly account?: string;
  /** The costs are accepted. */
  readonly yes: boolean;
  /** Remove what earlier runs made. */
  readonly destroy: boolean;
}

/** Reads the command line; throws on what it doesn't know. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: { account: { type: 'string' }, yes: { type: 'boolean', default: false }, destroy: { type: 'boolean', default: false } },
  });
  return values;
}

/** Why nothing may be done with these options by this caller; undefined if all is well. */
export function refusalOf({ account, yes }: Options, callerAccount: string): string | undefined {
  if (!account) {
    return `name the account with --account; these credentials are of the account ${callerAccount}`;
  }
  if (account !== callerAccount) {
    return `--account is ${account}, but these credentials are of the account ${callerAccount}; use the credentials of the account that you mean`;
  }
  return yes ? undefined : 'add --yes if this is what you want';
}

/** What a run does and costs. Prices of us-east-1, as far as they are known; see docs/unverified.md. */
export const COSTS = `This deploys examples/quickstart and imports synthetic data into a new HealthLake data store.
  time   15 to 60 minutes, most of it for the data store
  costs  the data store: about $0.27 an hour from its creation until it is removed, about $197 a month; it can't be paused
         a KMS key: $1 a month; Lambda, Step Functions, S3 and logs: some cents
         the imports: some MB; what AWS charges for importing is not known
  needs  a bootstrapped account (npx cdk bootstrap), and rights to deploy with it, to read the stacks, to list, write and delete objects,
         to start, describe and list import jobs, and to pass the roles that the deployment makes
The data store and the buckets stay until you run this with --destroy.`;

/** What removing does. */
export const REMOVAL = `This deletes the stacks Import and Data, the data store with all its data, and both buckets with all their objects,
and schedules the deletion of their KMS key.`;
