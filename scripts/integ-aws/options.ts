import { parseArgs } from 'node:util';

/** The options of the script. */
export interface Options {
  /** The id of the account to use. */
  readonly account?: string;
  /** Whether the user accepts the costs. */
  readonly yes: boolean;
  /** Whether to delete the resources of earlier runs. */
  readonly destroy: boolean;
}

/** Parses the command line. Throws if an option is unknown. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: { account: { type: 'string' }, yes: { type: 'boolean', default: false }, destroy: { type: 'boolean', default: false } },
  });
  return values;
}

/** Returns why the script must not run with these options and credentials, or undefined if it may run. */
export function refusalOf({ account, yes }: Options, callerAccount: string): string | undefined {
  if (!account) {
    return `name the account with --account; these credentials are of the account ${callerAccount}`;
  }
  if (account !== callerAccount) {
    return `--account is ${account}, but these credentials are of the account ${callerAccount}; use credentials of the account that you mean`;
  }
  return yes ? undefined : 'add --yes to do this';
}

/** The effects and costs of a run, as shown to the user. The prices apply to us-east-1. */
export const COSTS = `This deploys examples/typescript/quickstart and imports synthetic data into a new HealthLake data store.
  time   15 to 60 minutes, most of it for the data store
  costs  the data store: about $0.27 an hour from its creation to its deletion, about $197 a month; it can't be paused
         a KMS key: $1 a month; Lambda, Step Functions, S3 and logs: some cents
         the imports: some MB; AWS's price for importing is not known
  needs  a bootstrapped account (npx cdk bootstrap), and rights to deploy with it, to read the stacks, to list, write and delete objects,
         to start, describe and list import jobs, and to pass the roles of the deployment
The data store and the buckets stay until you run this with --destroy.`;

/** The effects of `--destroy`, as shown to the user. */
export const REMOVAL = `This deletes the stacks Import and Data, the data store with all its data, and both buckets with all their objects,
and schedules the deletion of their KMS key.`;
