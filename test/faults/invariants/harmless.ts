import { isOfHandler } from './fatal';
import { type Fault, hitsMonitor } from '../plan/plan';

/**
 * The number of calls in a row that may fail without making the deployment fail. The framework's SDK makes three attempts for each call. The handler makes
 * more.
 */
const TIMES = { framework: 2, handler: 12 } as const;

/** Returns whether a fault can delay a deployment but not make it fail. */
export function isHarmless(fault: Fault): boolean {
  switch (fault.on) {
    case 'queue':
      return fault.seconds !== undefined && fault.seconds <= 60;
    case 'invocation':
      return fault.what.kind === 'twice' || hitsMonitor(fault)
        || (fault.times <= TIMES.framework && !(fault.what.kind === 'killed after' && fault.what.answer === 'function-error' && !isOfFramework(fault.of)));
    case 'request': {
      const isOurs = isOfHandler(fault.operation);
      // No deployment waits for requests of the monitor. But killing a function kills all its invocations, including those that a deployment waits for.
      if (hitsMonitor(fault) && fault.operation !== 'monitor.StartExecution' && fault.what.kind !== 'killed') {
        return true;
      }
      const isShort = 'seconds' in fault.lasting ? isOurs && fault.lasting.seconds <= 40
        : fault.lasting.times <= (isOurs && fault.what.kind !== 'killed' ? TIMES.handler : TIMES.framework);
      switch (fault.what.kind) {
        case 'error':
          return isOurs && isShort && fault.what.name !== 'ResourceNotFoundException';
        case 'killed':
          return isShort && 'times' in fault.lasting && (fault.what.answer === 'service-error' || !isOurs);
        case 'delay':
          return 'times' in fault.lasting && fault.lasting.times === 1 && fault.what.seconds <= 15;
        default:
          return isShort;
      }
    }
  }
}

function isOfFramework(name: string): boolean {
  return name.startsWith('framework');
}
