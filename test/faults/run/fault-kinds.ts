import { type Fault, hitsMonitor } from '../plan/plan';

/** Returns the name under which the tally counts a fault. */
export function faultKind(fault: Fault): string {
  switch (fault.on) {
    case 'request':
      if (hitsMonitor(fault)) {
        return fault.operation;
      }
      return fault.what.kind === 'killed' ? `killed ${fault.what.when} a call` : fault.what.kind;
    case 'invocation':
      if (hitsMonitor(fault)) {
        return `${fault.what.kind} (judge)`;
      }
      return `${fault.what.kind}${fault.of.startsWith('framework') ? ' (framework)' : ''}`;
    case 'queue':
      return 'stall';
  }
}

/** All names that `faultKind` can return. */
export const FAULT_KINDS: readonly string[] = [
  'throttle', 'internal', 'reset-before', 'reset-after', 'delay', 'error', 'killed before a call', 'killed after a call', 'stall',
  ...['killed after', 'refused', 'twice'].flatMap((kind) => [kind, `${kind} (framework)`, `${kind} (judge)`]),
  'monitor.StartExecution', 'monitor.DescribeJob', 'judge.DescribeJob', 'judge.PutEvents',
];
