import type { Fault, FunctionName, Operation } from '../plan/plan';
import type { Served } from '../run/fault-injector';

/** How many attempts the framework makes of a call until it fails the resource: twice the SDK's three for Invoke, the SDK's three for StartExecution. */
const INVOKE_ATTEMPTS = 6;
const START_EXECUTION_ATTEMPTS = 3;

/** How often the framework puts its answer, and how often Lambda runs an event. */
const RESPONSE_ATTEMPTS = 6;
const EVENT_ATTEMPTS = 3;

/**
 * Whether these faults can make the framework itself fail a resource, whatever the handler does. The framework repeats a call that the
 * platform lost, but never one that Lambda answers as an error of the function; and its patience has an end.
 */
export function isFatal(served: readonly Served[]): boolean {
  const count = (matches: (fault: Fault) => boolean): number => served.filter(({ fault }) => matches(fault)).length;
  const invokesLost = count(losesInvoke);
  return served.some(({ fault }) => isErrorOfHandler(fault))
    || invokesLost + (INVOKE_ATTEMPTS / 2 - 1) * count((fault) => isRefusedForGood(fault, 'lambda.Invoke')) >= INVOKE_ATTEMPTS
    || count((fault) => isRequest(fault, 'states.StartExecution')) >= START_EXECUTION_ATTEMPTS
    || count((fault) => isRefusedForGood(fault, 'states.StartExecution')) > 0
    || count((fault) => isRequest(fault, '/_response/.PUT')) >= RESPONSE_ATTEMPTS
    || count(endsFramework) >= EVENT_ATTEMPTS
    || count((fault) => fault.on === 'invocation' && fault.of === 'framework.onTimeout') > 0;
}

/** A kill of our own functions that is answered as their error. */
function isErrorOfHandler(fault: Fault): boolean {
  if (fault.on === 'invocation') {
    return isOfDeployment(fault.of) && fault.what.kind === 'killed after' && fault.what.answer === 'function-error';
  }
  return fault.on === 'request' && isOfHandler(fault.operation)
    && fault.what.kind === 'killed' && fault.what.answer === 'function-error';
}

/** A call of our own functions that the framework gets no answer to. */
function losesInvoke(fault: Fault): boolean {
  if (fault.on === 'invocation') {
    return isOfDeployment(fault.of) && (fault.what.kind === 'refused' || (fault.what.kind === 'killed after' && fault.what.answer === 'service-error'));
  }
  return isRequest(fault, 'lambda.Invoke')
    || (fault.on === 'request' && isOfHandler(fault.operation) && fault.what.kind === 'killed');
}

/** What may end the framework's function that CloudFormation calls: Lambda runs it again, but not for ever. */
function endsFramework(fault: Fault): boolean {
  if (fault.on === 'invocation') {
    return fault.of === 'framework.onEvent' && fault.what.kind !== 'twice';
  }
  return fault.on === 'request' && !isOfHandler(fault.operation) && fault.what.kind === 'killed';
}

/** An error that the SDK doesn't try again. */
function isRefusedForGood(fault: Fault, operation: string): boolean {
  return fault.on === 'request' && fault.operation === operation && fault.what.kind === 'error';
}

function isRequest(fault: Fault, operation: string): boolean {
  return fault.on === 'request' && fault.operation === operation && fault.what.kind !== 'delay';
}

/** Whether the framework calls a function of ours for a deployment. */
function isOfDeployment(name: FunctionName): boolean {
  return name === 'onEvent' || name === 'isComplete';
}

/** Whether our own functions make a request. */
export function isOfHandler(operation: Operation): boolean {
  return /^(sts|healthlake|cloudformation|watch|judge)\./.test(operation) && operation !== 'watch.DescribeFHIRImportJob';
}
