import type { Fault, FunctionName, Operation } from '../plan/plan';
import type { InjectedFault } from '../run/fault-injector';

/** Attempts of the framework before it fails the resource: twice the SDK's three for Invoke, the SDK's three for StartExecution. */
const INVOKE_ATTEMPTS = 6;
const START_EXECUTION_ATTEMPTS = 3;

/** Attempts of the framework to send its response, and of Lambda to run an event. */
const RESPONSE_ATTEMPTS = 6;
const EVENT_ATTEMPTS = 3;

/**
 * Whether these faults can make the framework fail a resource without the handler. The framework repeats a call that the platform lost,
 * up to a limit, but never a call that Lambda reports as an error of the function.
 */
export function isFatal(injected: readonly InjectedFault[]): boolean {
  const count = (matches: (fault: Fault) => boolean): number => injected.filter(({ fault }) => matches(fault)).length;
  const invokesLost = count(losesInvoke);
  return injected.some(({ fault }) => isErrorOfHandler(fault))
    || invokesLost + (INVOKE_ATTEMPTS / 2 - 1) * count((fault) => isRefusedForGood(fault, 'lambda.Invoke')) >= INVOKE_ATTEMPTS
    || count((fault) => isRequest(fault, 'states.StartExecution')) >= START_EXECUTION_ATTEMPTS
    || count((fault) => isRefusedForGood(fault, 'states.StartExecution')) > 0
    || count((fault) => isRequest(fault, '/_response/.PUT')) >= RESPONSE_ATTEMPTS
    || count(endsFramework) >= EVENT_ATTEMPTS
    || count((fault) => fault.on === 'invocation' && fault.of === 'framework.onTimeout') > 0;
}

/** Whether one of our functions was killed and Lambda reports an error of the function. */
function isErrorOfHandler(fault: Fault): boolean {
  if (fault.on === 'invocation') {
    return isOfDeployment(fault.of) && fault.what.kind === 'killed after' && fault.what.answer === 'function-error';
  }
  return fault.on === 'request' && isOfHandler(fault.operation)
    && fault.what.kind === 'killed' && fault.what.answer === 'function-error';
}

/** Whether the framework gets no answer from one of our functions. */
function losesInvoke(fault: Fault): boolean {
  if (fault.on === 'invocation') {
    return isOfDeployment(fault.of) && (fault.what.kind === 'refused' || (fault.what.kind === 'killed after' && fault.what.answer === 'service-error'));
  }
  return isRequest(fault, 'lambda.Invoke')
    || (fault.on === 'request' && isOfHandler(fault.operation) && fault.what.kind === 'killed');
}

/** Whether the fault ends the framework's onEvent. Lambda runs it again, up to a limit. */
function endsFramework(fault: Fault): boolean {
  if (fault.on === 'invocation') {
    return fault.of === 'framework.onEvent' && fault.what.kind !== 'twice';
  }
  return fault.on === 'request' && !isOfHandler(fault.operation) && fault.what.kind === 'killed';
}

/** Whether the fault is an error that the SDK does not retry. */
function isRefusedForGood(fault: Fault, operation: string): boolean {
  return fault.on === 'request' && fault.operation === operation && fault.what.kind === 'error';
}

function isRequest(fault: Fault, operation: string): boolean {
  return fault.on === 'request' && fault.operation === operation && fault.what.kind !== 'delay';
}

/** Whether the framework invokes this function. */
function isOfDeployment(name: FunctionName): boolean {
  return name === 'onEvent' || name === 'isComplete';
}

/** Whether our functions make this request. */
export function isOfHandler(operation: Operation): boolean {
  return /^(sts|healthlake|cloudformation|monitor|judge)\./.test(operation) && operation !== 'monitor.DescribeFHIRImportJob';
}
