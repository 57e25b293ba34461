import { BESIDE } from './template';
import type { LocalAws } from '../../../packages/local-aws/src/aws';
import type { InvocationFault as ServedInvocationFault, KillAnswer } from '../../../packages/local-aws/src/lambda/lambda';
import { ServiceError } from '../../../packages/local-healthlake/src/service';
import type { Fault as ServedFault } from '../../../packages/local-healthlake/src/http/router';
import { type Fault, type FunctionName, type InvocationFault, isOfWatch, type RequestFault, type StallFault } from '../plan/plan';

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

/** Who asks for what only watches ask for, by the session of the caller. */
const STATE_MACHINE_SESSION = /\/StepFunctions$/;
const HANDLER_SESSION = /\/fhir-import$/;

/** A fault that can be served now. */
interface Armed {
  readonly fault: Fault;
  /** How many requests or invocations of its kind there were. */
  count: number;
  /** By the clock. */
  firstHit?: number;
}

/** Serves the faults of one step after the other; those of watches go on after their step. */
export class FaultPlayer {
  /** What hit watches, in the whole plan. */
  public readonly servedToWatches: Served[] = [];
  private armed: Armed[] = [];
  private served: Served[] = [];
  private isUnderWay = false;
  private stepEnd = new AbortController();

  public constructor(private readonly aws: LocalAws) {
    aws.router.faults.hook = (service, operation, { callerArn }) => this.onRequest(this.nameOf(service, operation, callerArn), callerArn);
    aws.lambda.beforeInvoke = ({ functionName, payload }) => this.onInvocation(functionName, payload);
  }

  /** From now on these faults are served; their counts begin now. */
  public begin(faults: readonly Fault[]): void {
    this.end();
    this.isUnderWay = true;
    this.armed.push(...faults.map((fault) => ({ fault, count: 0 })));
    this.stepEnd = new AbortController();
    for (const fault of faults) {
      if (fault.on === 'queue') {
        void this.stall(fault, this.stepEnd.signal).catch(() => undefined);
      }
    }
  }

  /** Ends all faults but those of watches; returns those that were served since the beginning. */
  public end(): Served[] {
    const { served } = this;
    this.stepEnd.abort(new Error('the step has ended'));
    this.armed = this.armed.filter(({ fault }) => isOfWatch(fault));
    this.served = [];
    this.isUnderWay = false;
    this.aws.healthlake.healthLake.resumeQueue();
    return served;
  }

  private nameOf(service: string, operation: string, callerArn = ''): string {
    if (operation === 'PutEvents') {
      return 'judge.PutEvents';
    }
    if (operation === 'StartExecution' && HANDLER_SESSION.test(callerArn)) {
      return 'watch.StartExecution';
    }
    if (operation === 'DescribeFHIRImportJob' && STATE_MACHINE_SESSION.test(callerArn)) {
      return 'watch.DescribeFHIRImportJob';
    }
    if (operation === 'DescribeFHIRImportJob' && !this.isUnderWay) {
      return 'judge.DescribeFHIRImportJob';
    }
    return `${service}.${operation}`;
  }

  private onRequest(operation: string, callerArn: string | undefined): ServedFault | undefined {
    const fault = this.serve((candidate): candidate is RequestFault => candidate.on === 'request' && candidate.operation === operation,
      (candidate, armed) => this.isHit(candidate, armed));
    if (!fault) {
      return undefined;
    }
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

  private onInvocation(functionName: string, payload: unknown): ServedInvocationFault | undefined {
    if (functionName.includes(BESIDE)) {
      return { error: new ServiceError('ServiceException', 'nobody is to answer', 500) };
    }
    const name = isWatched(payload) ? 'judge' : FUNCTION_NAMES.find(([pattern]) => pattern.test(functionName))?.[1];
    if (!name) {
      return undefined;
    }
    const fault = this.serve((candidate): candidate is InvocationFault => candidate.on === 'invocation' && candidate.of === name,
      ({ from, times }, { count }) => count >= from && count < from + times);
    if (!fault) {
      return undefined;
    }
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

  private isHit(fault: RequestFault, armed: Armed): boolean {
    if (armed.count < fault.from) {
      return false;
    }
    if ('times' in fault.lasting) {
      return armed.count < fault.from + fault.lasting.times;
    }
    const now = this.aws.clock.now();
    armed.firstHit ??= now;
    return now < armed.firstHit + fault.lasting.seconds * 1000;
  }

  /** Kills the process that makes a request: the caller's session is named for its function, but for that of an operator role. */
  private kill(callerArn: string | undefined, answer: KillAnswer): void {
    const session = callerArn?.slice(callerArn.lastIndexOf('/') + 1);
    const isCaller = (functionName: string): boolean => {
      if (session === undefined) {
        return /framework/.test(functionName);
      }
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
    this.note(fault);
    if (fault.seconds === undefined) {
      return;
    }
    await clock.sleep(fault.seconds * 1000, signal);
    healthLake.resumeQueue();
  }

  /** Counts for all faults that match, and gives the first of them that hits. */
  private serve<T extends Fault>(matches: (fault: Fault) => fault is T, isHit: (fault: T, armed: Armed) => boolean): T | undefined {
    const matching = this.armed.flatMap((armed) => matches(armed.fault) ? [{ armed, fault: armed.fault }] : []);
    matching.forEach(({ armed }) => {
      armed.count += 1;
    });
    const hit = matching.find(({ armed, fault }) => isHit(fault, armed));
    if (hit) {
      this.note(hit.fault);
    }
    return hit?.fault;
  }

  private note(fault: Fault): void {
    const served = { fault, time: this.aws.clock.now() };
    this.served.push(served);
    if (isOfWatch(fault)) {
      this.servedToWatches.push(served);
    }
  }
}

/** Whether an invocation is one that judges the job of a detached import. */
function isWatched(payload: unknown): boolean {
  return typeof payload === 'object' && payload !== null && 'Import' in payload;
}

/** A short name of what goes wrong, for counting. */
export function faultKind(fault: Fault): string {
  switch (fault.on) {
    case 'request':
      if (isOfWatch(fault)) {
        return fault.operation;
      }
      return fault.what.kind === 'killed' ? `killed ${fault.what.when} a call` : fault.what.kind;
    case 'invocation':
      if (isOfWatch(fault)) {
        return `${fault.what.kind} (judge)`;
      }
      return `${fault.what.kind}${fault.of.startsWith('framework') ? ' (framework)' : ''}`;
    case 'queue':
      return 'stall';
  }
}

/** Every name that `faultKind` gives. */
export const FAULT_KINDS: readonly string[] = [
  'throttle', 'internal', 'reset-before', 'reset-after', 'delay', 'error', 'killed before a call', 'killed after a call', 'stall',
  ...['killed after', 'refused', 'twice'].flatMap((kind) => [kind, `${kind} (framework)`, `${kind} (judge)`]),
  'watch.StartExecution', 'watch.DescribeFHIRImportJob', 'judge.DescribeFHIRImportJob', 'judge.PutEvents',
];
