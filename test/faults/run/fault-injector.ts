import { BESIDE } from './template';
import type { LocalAws } from '../../../packages/local-aws/src/aws';
import type { InvocationFault as LambdaFault, KillAnswer } from '../../../packages/local-aws/src/lambda/lambda';
import type { Fault as RouterFault } from '../../../packages/local-healthlake/src/http/router';
import { ServiceError } from '../../../packages/local-healthlake/src/service';
import { type Fault, type FunctionName, type InvocationFault, hitsMonitor, type RequestFault, type StallFault } from '../plan/plan';

/** A fault that was injected, with the time of the injection. */
export interface InjectedFault {
  readonly fault: Fault;
  /** Time of the injection, on the scaled clock. */
  readonly time: number;
}

const FUNCTION_NAMES: readonly (readonly [RegExp, FunctionName])[] = [
  [/frameworkonEvent/, 'framework.onEvent'],
  [/frameworkisComplete/, 'framework.isComplete'],
  [/frameworkonTimeout/, 'framework.onTimeout'],
  [/OnEvent/, 'onEvent'],
  [/IsComplete/, 'isComplete'],
];

/** Matches the ARN of the caller if the state machine of the monitor makes a request. */
const STATE_MACHINE_SESSION = /\/StepFunctions$/;
/** Matches the ARN of the caller if the handler makes a request with the operator role. */
const HANDLER_SESSION = /\/fhir-import$/;

/** A fault that is active now. */
interface Armed {
  readonly fault: Fault;
  /** How many requests or invocations matched the fault so far. */
  count: number;
  /** Time of the first request that the fault affected, on the scaled clock. */
  firstHit?: number;
}

/** Injects the faults of a plan, step by step. Faults that affect the monitor stay active after their step. */
export class FaultInjector {
  /** All faults of the plan that were injected into the monitor. */
  public readonly injectedIntoMonitors: InjectedFault[] = [];
  private armed: Armed[] = [];
  private injected: InjectedFault[] = [];
  private isUnderWay = false;
  private stepEnd = new AbortController();

  public constructor(private readonly aws: LocalAws) {
    aws.router.faults.hook = (service, operation, { callerArn }) => this.onRequest(this.nameOf(service, operation, callerArn), callerArn);
    aws.lambda.beforeInvoke = ({ functionName, payload }) => this.onInvocation(functionName, payload);
  }

  /** Activates the faults of a step and starts to count requests for them. */
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

  /** Deactivates all faults except those that affect the monitor. Returns the faults injected since `begin`. */
  public end(): InjectedFault[] {
    const { injected } = this;
    this.stepEnd.abort(new Error('the step has ended'));
    this.armed = this.armed.filter(({ fault }) => hitsMonitor(fault));
    this.injected = [];
    this.isUnderWay = false;
    this.aws.healthlake.healthLake.resumeQueue();
    return injected;
  }

  /** Returns the name that plans have for a request. It is the same for both kinds of jobs. */
  private nameOf(service: string, operation: string, callerArn = ''): string {
    const name = operation.replace(/FHIR(Import|Export)Job/, 'Job');
    if (operation === 'PutEvents') {
      return 'judge.PutEvents';
    }
    if (operation === 'StartExecution' && HANDLER_SESSION.test(callerArn)) {
      return 'monitor.StartExecution';
    }
    if (name === 'DescribeJob' && STATE_MACHINE_SESSION.test(callerArn)) {
      return 'monitor.DescribeJob';
    }
    if (name === 'DescribeJob' && !this.isUnderWay) {
      return 'judge.DescribeJob';
    }
    return `${service}.${name}`;
  }

  private onRequest(operation: string, callerArn: string | undefined): RouterFault | undefined {
    const fault = this.hit((candidate): candidate is RequestFault => candidate.on === 'request' && candidate.operation === operation,
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

  private onInvocation(functionName: string, payload: unknown): LambdaFault | undefined {
    if (functionName.includes(BESIDE)) {
      return { error: new ServiceError('ServiceException', 'this function never responds', 500) };
    }
    const name = isJudgement(payload) ? 'judge' : FUNCTION_NAMES.find(([pattern]) => pattern.test(functionName))?.[1];
    if (!name) {
      return undefined;
    }
    const fault = this.hit((candidate): candidate is InvocationFault => candidate.on === 'invocation' && candidate.of === name,
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

  /** Kills the function that makes a request. Finds the function by the session name in the caller's ARN, which is usually the function's name. */
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
      // The call fails if the function was already deleted.
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

  /** Counts a request or invocation for all matching faults. Returns the first matching fault that affects this request or invocation. */
  private hit<T extends Fault>(matches: (fault: Fault) => fault is T, isHit: (fault: T, armed: Armed) => boolean): T | undefined {
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
    const injected = { fault, time: this.aws.clock.now() };
    this.injected.push(injected);
    if (hitsMonitor(fault)) {
      this.injectedIntoMonitors.push(injected);
    }
  }
}

/** Returns whether the payload of an invocation comes from the monitor, which invokes the function to judge a detached job. */
function isJudgement(payload: unknown): boolean {
  return typeof payload === 'object' && payload !== null && ('Import' in payload || 'Export' in payload);
}
