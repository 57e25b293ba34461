import type { Fault, FunctionName, Operation } from '../plan/plan';
import type { InjectedFault } from '../run/fault-injector';

/**
 * The number of failed attempts to invoke the handler after which the framework fails the resource. The SDK makes three attempts for each call, and the
 * framework repeats the call once.
 */
const INVOKE_ATTEMPTS = 6;
const START_EXECUTION_ATTEMPTS = 3;

/** The number of attempts that the framework makes to send its response to CloudFormation. */
const RESPONSE_ATTEMPTS = 6;
/** The number of times that Lambda runs the framework's `onEvent` function for one event. */
const EVENT_ATTEMPTS = 3;

/**
 * Returns whether these faults can make the framework fail a resource without a response from the handler. If the Lambda service fails, the framework repeats
 * the call a few times. If Lambda reports a function error, the framework never repeats the call.
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

/** Returns whether the fault kills a function of the handler in such a way that Lambda reports a function error. */
function isErrorOfHandler(fault: Fault): boolean {
  if (fault.on === 'invocation') {
    return isOfDeployment(fault.of) && fault.what.kind === 'killed after' && fault.what.answer === 'function-error';
  }
  return fault.on === 'request' && isOfHandler(fault.operation)
    && fault.what.kind === 'killed' && fault.what.answer === 'function-error';
}

/** Returns whether the fault can prevent the framework from receiving a response from the handler. */
function losesInvoke(fault: Fault): boolean {
  if (fault.on === 'invocation') {
    return isOfDeployment(fault.of) && (fault.what.kind === 'refused' || (fault.what.kind === 'killed after' && fault.what.answer === 'service-error'));
  }
  return isRequest(fault, 'lambda.Invoke')
    || (fault.on === 'request' && isOfHandler(fault.operation) && fault.what.kind === 'killed');
}

/** Returns whether the fault makes an invocation of the framework fail. Lambda repeats the invocation a few times. */
function endsFramework(fault: Fault): boolean {
  if (fault.on === 'invocation') {
    return fault.of === 'framework.onEvent' && fault.what.kind !== 'twice';
  }
  return fault.on === 'request' && !isOfHandler(fault.operation) && fault.what.kind === 'killed';
}

/** Returns whether the fault is an error of this operation that the SDK does not retry. */
function isRefusedForGood(fault: Fault, operation: string): boolean {
  return fault.on === 'request' && fault.operation === operation && fault.what.kind === 'error';
}

function isRequest(fault: Fault, operation: string): boolean {
  return fault.on === 'request' && fault.operation === operation && fault.what.kind !== 'delay';
}

/** Returns whether the framework invokes this function. */
function isOfDeployment(name: FunctionName): boolean {
  return name === 'onEvent' || name === 'isComplete';
}

/** Returns whether the handler makes this request. */
export function isOfHandler(operation: Operation): boolean {
  return /^(sts|healthlake|cloudformation|monitor|judge)\./.test(operation) && operation !== 'monitor.DescribeJob';
}
