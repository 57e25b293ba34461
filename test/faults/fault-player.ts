import type { Fault, FunctionName, InvocationFault, RequestFault, StallFault } from './plan';
import { BESIDE } from './template';
import type { LocalAws } from '../../local/aws';
import { ServiceError } from '../../local/contract';
import type { Fault as ServedFault } from '../../local/http';
import type { InvocationFault as ServedInvocationFault, KillAnswer } from '../../local/lambda/lambda';

/** A fault that was really served. */
export interface Served {
  readonly fault: Fault;
  /** By the clock. */
  readonly time: number;
}

const FUNCTION_NAMES: readonly (readonly [RegExp, FunctionName])[] = [
  [/frameworkonEvent/, 'framework.onEvent'],
  [/frameworkisComplete/, 'framework.isComplete'],
  [/frameworkonTimeout/, 'framework.onTimeout'],
  [/OnEvent/, 'onEvent'],
  [/IsComplete/, 'isComplete'],
];

/** Serves the faults of one step after the other. */
export class FaultPlayer {
  private faults: readonly Fault[] = [];
  private served: Served[] = [];
  private counts = new Map<string, number>();
  private firstHits = new Map<Fault, number>();
  private stepEnd = new AbortController();

  public constructor(private readonly aws: LocalAws) {
    aws.router.faults.hook = (service, operation, { callerArn }) => this.onRequest(`${service}.${operation}`, callerArn);
    aws.lambda.beforeInvoke = ({ functionName }) => this.onInvocation(functionName);
  }

  /** From now on these faults are served; counts begin anew. */
  public begin(faults: readonly Fault[]): void {
    this.end();
    this.faults = faults;
    this.stepEnd = new AbortController();
    for (const fault of faults) {
      if (fault.on === 'queue') void this.stall(fault, this.stepEnd.signal).catch(() => undefined);
    }
  }

  /** Ends all faults; returns those that were served. */
  public end(): Served[] {
    const { served } = this;
    this.stepEnd.abort(new Error('the step has ended'));
    this.faults = [];
    this.served = [];
    this.counts = new Map();
    this.firstHits = new Map();
    this.aws.healthlake.healthLake.resumeQueue();
    return served;
  }

  private onRequest(operation: string, callerArn: string | undefined): ServedFault | undefined {
    const nth = this.count(operation);
    const fault = this.faults.find((candidate): candidate is RequestFault =>
      candidate.on === 'request' && candidate.operation === operation && this.isHit(candidate, nth));
    if (!fault) return undefined;
    this.serve(fault);
    const { what } = fault;
    switch (what.kind) {
      case 'delay':
        return { kind: 'delay', ms: what.seconds * 1000 };
      case 'error':
        return { kind: 'error', error: { name: what.name, message: what.message, status: what.status } };
      case 'killed':
        this.kill(callerArn, what.answer);
        return { kind: what.when === 'before' ? 'reset-before' : 'reset-after' };
      default:
        return { kind: what.kind };
    }
  }

  private onInvocation(functionName: string): ServedInvocationFault | undefined {
    if (functionName.includes(BESIDE)) return { error: new ServiceError('ServiceException', 'nobody is to answer', 500) };
    const name = FUNCTION_NAMES.find(([pattern]) => pattern.test(functionName))?.[1];
    if (!name) return undefined;
    const nth = this.count(name);
    const fault = this.faults.find((candidate): candidate is InvocationFault =>
      candidate.on === 'invocation' && candidate.of === name && nth >= candidate.from && nth < candidate.from + candidate.times);
    if (!fault) return undefined;
    this.serve(fault);
    const { what } = fault;
    switch (what.kind) {
      case 'killed after':
        return { killAfterMs: what.ms, killAnswer: what.answer };
      case 'refused':
        return { error: new ServiceError(what.error, 'refused as planned', what.error === 'ServiceException' ? 500 : 429) };
      case 'twice':
        return { twice: true };
    }
  }

  private isHit(fault: RequestFault, nth: number): boolean {
    if (nth < fault.from) return false;
    if ('times' in fault.lasting) return nth < fault.from + fault.lasting.times;
    const now = this.aws.clock.now();
    const firstHit = this.firstHits.get(fault) ?? now;
    this.firstHits.set(fault, firstHit);
    return now < firstHit + fault.lasting.seconds * 1000;
  }

  /** Kills the process that makes a request: the caller's session is named for its function, but for that of an operator role. */
  private kill(callerArn: string | undefined, answer: KillAnswer): void {
    const session = callerArn?.slice(callerArn.lastIndexOf('/') + 1);
    const isCaller = (functionName: string): boolean => {
      if (session === undefined) return /framework/.test(functionName);
      return session === 'fhir-import' ? /IsComplete/.test(functionName) : functionName === session;
    };
    const functions = this.aws.cloudformation.stacks.all().flatMap((stack) => [...stack.resources.values()])
      .filter(({ type, physicalId }) => type === 'AWS::Lambda::Function' && physicalId !== undefined && isCaller(physicalId));
    for (const { physicalId } of functions) {
      // One that is being deleted may be gone.
      this.aws.lambda.killEnvironments(physicalId, answer).catch(() => undefined);
    }
  }

  private async stall(fault: StallFault, signal: AbortSignal): Promise<void> {
    const { clock, healthlake: { healthLake } } = this.aws;
    await clock.sleep(fault.afterSeconds * 1000, signal);
    healthLake.stallQueue();
    this.serve(fault);
    if (fault.seconds === undefined) return;
    await clock.sleep(fault.seconds * 1000, signal);
    healthLake.resumeQueue();
  }

  private serve(fault: Fault): void {
    this.served.push({ fault, time: this.aws.clock.now() });
  }

  private count(what: string): number {
    const count = (this.counts.get(what) ?? 0) + 1;
    this.counts.set(what, count);
    return count;
  }
}

/** A short name of what goes wrong, for counting. */
export function faultKind(fault: Fault): string {
  switch (fault.on) {
    case 'request':
      return fault.what.kind === 'killed' ? `killed ${fault.what.when} a call` : fault.what.kind;
    case 'invocation':
      return `${fault.what.kind}${fault.of.startsWith('framework') ? ' (framework)' : ''}`;
    case 'queue':
      return 'stall';
  }
}

/** Every name that `faultKind` gives. */
export const FAULT_KINDS: readonly string[] = [
  'throttle', 'internal', 'reset-before', 'reset-after', 'delay', 'error', 'killed before a call', 'killed after a call', 'stall',
  ...['killed after', 'refused', 'twice'].flatMap((kind) => [kind, `${kind} (framework)`]),
];
