import { setTimeout as sleep } from 'node:timers/promises';
import { putData } from './data';
import { Deployer } from './deployer';
import { FaultInjector } from './fault-injector';
import { historyWithoutAnswers } from './histories';
import type { Observed, ObservedOperation, Wanted } from './observed';
import { Recorder } from './recorder';
import { fingerprintIn, restoredFrom } from './restored';
import type { Templates } from './template';
import { World } from './world';
import type { Stack } from '../../../packages/local-aws/src/cloudformation/stacks/stack';
import type { Execution } from '../../../packages/local-aws/src/stepfunctions/stepfunctions';
import { ANSWER_MARGIN_MINUTES, JOB_TIMEOUT_MINUTES } from '../../../src/contract';
import { loggedText, visibleText } from '../../support/channels';
import { arePaused, isMonitor } from '../../support/executions';
import { type DeployStep, FIRST_VARIANT, meaningful, type Plan, type Step, type Variant, waitingMinutes } from '../plan/plan';

const MINUTE = 60_000;

/** The longest time that CloudFormation needs for all resources of the stack except the job's. */
const SLACK = 10 * MINUTE;

/** The longest time that a framework waiter can run: 55 minutes of pauses, and its polls. */
const LONGEST_WAITER = 90 * MINUTE;

/** The longest time that a monitor execution can run. It covers the wait in the queue, the longest job, and all retries of the function that judges the job. */
const LONGEST_MONITORING = 8 * 60 * MINUTE;

/** The time that the scaled clock skips at once while all executions pause. A skip delays an event by at most this time. */
const QUIET_STEP = 20_000;

type NewOperation = Pick<ObservedOperation, 'kind' | 'wanted' | 'isDisturbed'>;

const UNDER_WAY = { injected: [], stackId: '', after: 'REVIEW_IN_PROGRESS', wasDeleted: false, failures: [], outputs: {}, jobsAfter: [] } as const;

/** Sends a request to CloudFormation. Returns false if there is nothing to change. */
type Request = () => Promise<boolean | void>;

/** Runs one plan on a new AWS emulator and records what happens. */
export class PlanRun {
  public static async open(plan: Plan, templates: Templates): Promise<PlanRun> {
    return new PlanRun(plan, templates, await World.open(plan.environment));
  }

  private readonly recorder: Recorder;
  private readonly deployer: Deployer;
  private readonly faults: FaultInjector;
  private variant: Variant = FIRST_VARIANT;
  /** The version that the latest successful deployment deployed. */
  private deployed?: Wanted;
  private restored?: Observed['restored'];
  private atEnd?: Pick<Observed, 'endlessExecutions' | 'jobsAtEnd' | 'events' | 'visible'>;
  private step = 0;

  private constructor(private readonly plan: Plan, private readonly templates: Templates, private readonly world: World) {
    this.deployer = new Deployer(world);
    this.faults = new FaultInjector(world.aws);
    this.recorder = new Recorder(world.aws);
  }

  public get observed(): Observed {
    const { plan, restored, atEnd, recorder: { operations, jobs, statuses, monitorings }, faults: { injectedIntoMonitors } } = this;
    const requests = this.world.aws.router.requests.entries;
    return { plan, operations, jobs, statuses, monitorings, injectedIntoMonitors, requests, restored, ...atEnd };
  }

  /** Runs all steps. Calls `judge` after each operation. An exception of `judge` ends the run. */
  public async run(judge: (observed: Observed) => void): Promise<void> {
    const { world: { aws }, recorder } = this;
    for (const [index, step] of this.plan.steps.entries()) {
      this.step = index;
      await aws.clock.sleep(step.pauseSeconds * 1000);
      for (const operation of this.operationsOf(step)) {
        const { length } = recorder.operations;
        await operation();
        if (recorder.operations.length > length) {
          judge(this.observed);
        }
      }
    }
    await this.clearUp();
    const endlessExecutions = await this.executionsEnd();
    await aws.events.settled();
    this.atEnd = {
      endlessExecutions,
      jobsAtEnd: recorder.allJobs(),
      events: recorder.events,
      visible: { everywhere: visibleText(aws, historyWithoutAnswers), inLogs: loggedText(aws) },
    };
    judge(this.observed);
  }

  public async close(): Promise<void> {
    await this.world.close();
  }

  private operationsOf(step: Step): (() => Promise<void>)[] {
    if (step.kind === 'destroy') {
      return [async () => {
        if (this.deployer.stack) {
          await this.operate({ kind: 'delete', isDisturbed: true }, step, () => this.deployer.delete());
        }
        this.deployed = undefined;
      }];
    }
    return [
      () => this.clearUp(),
      async () => {
        if (['CREATE_FAILED', 'UPDATE_FAILED'].includes(this.deployer.stack?.status ?? '') && step.afterFailure === 'roll back') {
          await this.operate({ kind: 'roll back', isDisturbed: false }, step, () => this.deployer.rollBack());
        }
      },
      () => this.clearUp(), // a fault of an earlier step that affects the monitor can make the roll-back fail
      async () => {
        if (this.deployer.mustBeDeletedFirst) {
          await this.operate({ kind: 'delete', isDisturbed: false }, step, () => this.deployer.delete());
          this.deployed = undefined;
        }
      },
      () => this.deploy(step),
    ];
  }

  private async deploy(step: DeployStep): Promise<void> {
    const { world, deployer, recorder } = this;
    this.variant = { ...this.variant, ...step.change };
    if (this.variant.datastore === 'restored') {
      this.restored ??= restoredFrom(world, this.deployed);
    }
    const variant = meaningful(this.variant);
    const synthesized = this.templates.of(variant, step.trouble, world.datastoreId(variant.datastore));
    world.putAssets(synthesized);
    world.nextJobs = step.job;
    world.nextData = step.data;
    putData(world.aws, step.data);
    const kind = deployer.stack ? 'update' : 'create';
    const index = recorder.operations.length;
    await this.operate({ kind, wanted: this.wanted(variant), isDisturbed: true }, step, async () =>
      kind === 'create' ? deployer.create(synthesized, step.rollbackDisabled) : deployer.update(synthesized, step.rollbackDisabled));
    if (index === recorder.operations.length) {
      return;
    }
    const wanted = this.wanted(variant); // the deployment may have created the data store
    recorder.operations[index] = { ...recorder.operations[index], wanted };
    if (/^(CREATE|UPDATE)_COMPLETE$/.test(recorder.operations[index].after)) {
      this.deployed = wanted;
    }
  }

  /** If a roll-back failed, continues the roll-back without faults. */
  private async clearUp(): Promise<void> {
    if (this.deployer.stack?.status !== 'UPDATE_ROLLBACK_FAILED') {
      return;
    }
    await this.operate({ kind: 'continue the roll-back', isDisturbed: false }, undefined, () => this.deployer.continueRollback());
  }

  /** Waits until all executions have ended. Returns the number of executions that did not end in time. */
  private async executionsEnd(): Promise<number> {
    const { world: { aws, aws: { clock } }, recorder } = this;
    const startedAt = clock.now();
    const isLate = (execution: Execution): boolean => clock.now() - startedAt > (isMonitor(execution) ? LONGEST_MONITORING : LONGEST_WAITER);
    while (recorder.running.some((execution) => !isLate(execution))) {
      if (arePaused(aws, recorder.running)) {
        clock.skip(QUIET_STEP);
      }
      await sleep(2);
    }
    return recorder.running.length;
  }

  private async operate(operation: NewOperation, step: Step | undefined, request: Request): Promise<void> {
    const { world: { aws }, deployer, faults, recorder } = this;
    const before = deployer.stack?.status;
    const failuresBefore = recorder.failures.length;
    const startedAt = aws.clock.now();
    const index = recorder.operations.length;
    recorder.operations.push({ ...UNDER_WAY, ...operation, step: this.step, startedAt, before });

    faults.begin(operation.isDisturbed ? step?.faults ?? [] : []);
    const existing = deployer.stack;
    if (await request() === false) {
      recorder.operations.pop();
      faults.end();
      return;
    }
    const stack = (existing ?? deployer.stack)!; // the new stack, or the existing stack if its deletion is already complete
    recorder.follow(stack);
    const wasDeleted = step?.kind === 'deploy' && operation.wanted !== undefined && await this.deleteMidway(step);
    const isSettled = await this.isSettled(stack, operation);
    const injected = faults.end();

    recorder.operations[index] = {
      ...recorder.operations[index],
      injected,
      settledAt: isSettled ? aws.clock.now() : undefined,
      stackId: stack.id,
      after: stack.status,
      wasDeleted,
      failures: recorder.failures.slice(failuresBefore),
      outputs: Object.fromEntries(stack.outputs.map(({ key, value }) => [key, value])),
      jobsAfter: recorder.allJobs(),
    };
  }

  private async deleteMidway({ trouble }: DeployStep): Promise<boolean> {
    const { world: { aws }, deployer } = this;
    if (trouble?.kind !== 'deleted') {
      return false;
    }
    const { stack } = deployer;
    await Promise.race([stack?.operation?.done, aws.clock.sleep(trouble.afterSeconds * 1000)]);
    if (!stack?.operation) {
      return false;
    }
    await deployer.delete();
    this.deployed = undefined;
    return true;
  }

  /** Waits for the end of an operation. Returns false if the operation takes longer than the service time-outs of an update, its roll-back and a deletion. */
  private async isSettled(stack: Stack, { wanted }: NewOperation): Promise<boolean> {
    const { clock } = this.world.aws;
    const minutes = Math.max(0, ...[wanted, this.deployed].flatMap((version) => version ? waitingMinutes(version.variant) : []));
    // The service time-outs of `Job`, a `Wait` resource and `Outcome` each include one margin.
    const oneWay = (JOB_TIMEOUT_MINUTES + minutes + 3 * ANSWER_MARGIN_MINUTES) * MINUTE;
    const giveUp = new AbortController();
    const ended = await Promise.race([
      (stack.operation?.done ?? Promise.resolve()).then(() => true),
      clock.sleep(3 * oneWay + SLACK, giveUp.signal).then(() => false, () => true),
    ]);
    giveUp.abort();
    return ended;
  }

  private wanted(variant: Variant): Wanted {
    const datastoreId = this.world.datastoreId(variant.datastore) ?? 'not there';
    return { variant, datastoreId, dataSet: fingerprintIn(datastoreId, variant) };
  }
}
