import { isOfHandler } from './fatal';
import { type Fault, hitsMonitor } from '../plan/plan';

/** Calls in a row that may be lost. The framework's SDK makes three attempts, the handler's makes more. */
const TIMES = { framework: 2, handler: 12 } as const;

/** Whether a fault may only delay a deployment: lost calls are repeated, and doubled ones have no further effect. */
export function isHarmless(fault: Fault): boolean {
  switch (fault.on) {
    case 'queue':
      return fault.seconds !== undefined && fault.seconds <= 60;
    case 'invocation':
      return fault.what.kind === 'twice' || hitsMonitor(fault)
        || (fault.times <= TIMES.framework && !(fault.what.kind === 'killed after' && fault.what.answer === 'function-error' && !isOfFramework(fault.of)));
    case 'request': {
      const isOurs = isOfHandler(fault.operation);
      // No deployment waits for requests of the monitor. But killing the judge also kills the function's other invocations.
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
