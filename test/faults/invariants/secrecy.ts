import type { Invariant } from './invariant';
import { RESPONSE_HOST } from '../../../packages/local-aws/src/lambda/lambda';
import { CANARY } from '../../support/canary';

/** Rules about patient data that must not be visible outside the buckets. */
export const SECRECY_INVARIANTS: readonly Invariant[] = [
  {
    name: 'no patient data is visible outside the buckets',
    violations: ({ visible }) => {
      const at = visible?.everywhere.indexOf(CANARY) ?? -1;
      return at < 0 ? [] : [`visible: ${JSON.stringify(visible?.everywhere.slice(Math.max(0, at - 300), at + 100))}`];
    },
  },
  {
    name: 'no log contains a ResponseURL',
    violations: ({ visible }) => visible?.inLogs.includes(RESPONSE_HOST) ? ['a log contains a ResponseURL'] : [],
  },
];
