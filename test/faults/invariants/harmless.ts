import { isOfHandler } from './fatal';
import { type Fault, isOfWatch } from '../plan/plan';

/** How often in a row a call may get lost: the SDK of the framework makes three attempts, that of the handler more. */
const TIMES = { framework: 2, handler: 12 } as const;

/**
 * Whether a fault may cost time, but must not fail a deployment: what is lost is asked for again, and what is done twice is done once.
 */
export function isHarmless(fault: Fault): boolean {
  switch (fault.on) {
    case 'queue':
      return fault.seconds !== undefined && fault.seconds <= 60;
    case 'invocation':
      return fault.what.kind === 'twice' || isOfWatch(fault)
        || (fault.times <= TIMES.framework && !(fault.what.kind === 'killed after' && fault.what.answer === 'function-error' && !isOfFramework(fault.of)));
    case 'request': {
      const isOurs = isOfHandler(fault.operation);
      // What a watch asks keeps no deployment waiting; but whoever kills the judge kills what else the function is at.
      if (isOfWatch(fault) && fault.operation !== 'watch.StartExecution' && fault.what.kind !== 'killed') {
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
