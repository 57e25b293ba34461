import type { Fault, Plan, Step } from './plan';

/** Describes a plan in one line for each step. A line has only the values that differ from the defaults. */
export function describePlan({ environment, steps }: Plan): string {
  const { rollbackAfterUpdate, reusesRequestId, propagationSeconds, listDelaySeconds, clientTokenMismatch, ignoresClientTokens } = environment;
  const surroundings = [
    `roll-back after an update that succeeded ${JSON.stringify(rollbackAfterUpdate.succeeded)}, that failed ${JSON.stringify(rollbackAfterUpdate.failed)}`,
    reusesRequestId ? '' : 'new request ids',
    propagationSeconds > 0 ? `policies work after ${propagationSeconds} s` : '',
    listDelaySeconds > 0 ? `jobs are listed after ${listDelaySeconds} s` : '',
    ignoresClientTokens ? 'client tokens are ignored' : `a token with other parameters: ${clientTokenMismatch}`,
  ];
  return [`where ${surroundings.filter(Boolean).join('; ')}`, ...steps.map((step, index) => `${index + 1}. ${describeStep(step)}`)].join('\n');
}

function describeStep(step: Step): string {
  const pause = step.pauseSeconds > 0 ? `after ${step.pauseSeconds} s ` : '';
  const faults = step.faults.map((fault) => `\n   - ${describeFault(fault)}`).join('');
  if (step.kind === 'destroy') {
    return `${pause}destroy${faults}`;
  }
  const { change, data, job, trouble, rollbackDisabled, afterFailure } = step;
  const parts = [
    Object.keys(change).length > 0 ? `with ${JSON.stringify(change)}` : 'again',
    data === 'good' ? '' : `data ${data}`,
    job.seconds === 10 && !job.detour && !job.outcome ? '' : `jobs ${JSON.stringify(job)}`,
    trouble ? `trouble ${JSON.stringify(trouble)}` : '',
    rollbackDisabled ? 'without roll-back' : '',
    afterFailure === 'roll back' ? 'a failed stack is rolled back first' : '',
  ];
  return `${pause}deploy ${parts.filter(Boolean).join(', ')}${faults}`;
}

function describeFault(fault: Fault): string {
  switch (fault.on) {
    case 'request':
      return `${fault.operation} from number ${fault.from} on, ${'times' in fault.lasting ? `${fault.lasting.times} times` : `for ${fault.lasting.seconds} s`}: ${JSON.stringify(fault.what)}`;
    case 'invocation':
      return `function ${fault.of} from number ${fault.from} on, ${fault.times} times: ${JSON.stringify(fault.what)}`;
    case 'queue':
      return `the queue stalls after ${fault.afterSeconds} s ${fault.seconds === undefined ? 'for ever' : `for ${fault.seconds} s`}`;
  }
}
