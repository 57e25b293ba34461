import { setTimeout as sleep } from 'node:timers/promises';
import { putData } from './data';
import { Deployer } from './deployer';
import { FaultPlayer } from './fault-injector';
import { historyWithoutAnswers } from './histories';
import {
  dataSetOf, type Observed, type ObservedAnnouncement, type ObservedJob, type ObservedOperation, type ObservedStatus, type ObservedWatch,
  type ResourceFailed, type Wanted,
} from './observed';
import { fingerprintIn, restoredFrom } from './restored';
import type { Templates } from './template';
import { World } from './world';
import type { Stack } from '../../../packages/local-aws/src/cloudformation/stacks/stack';
import type { Execution } from '../../../packages/local-aws/src/stepfunctions/stepfunctions';
import { ANSWER_MARGIN_MINUTES, EVENT_SOURCE, type ImportEventDetail, JOB_TIMEOUT_MINUTES, type WatchedImport } from '../../../src/contract';
import { everythingLogged, everythingSaid } from '../../support/channels';
import { FIRST_VARIANT, type DeployStep, type Plan, type Step, type Variant, waitingMinutes } from '../plan/plan';

const MINUTE = 60_000;

/** How long everything of a stack but the import may take. */
const SLACK = 10 * MINUTE;

/** The framework asks for 55 minutes, and what it asks takes time too. */
const LONGEST_WAITER = 90 * MINUTE;

/** The longest job of a plan, behind all others of its data store; then whatever keeps the judge from its work, which its retries outlast. */
const LONGEST_WATCH = 8 * 60 * MINUTE;

/** What passes at once while everybody pauses: nothing is late by more. */
const QUIET_STEP = 20_000;

/** The last event of an execution that waits for its next look, or for another attempt. */
const PAUSING = /^WaitStateEntered$|Failed$/;

/** An operation as it begins. */
type Beginning = Pick<ObservedOperation, 'kind' | 'wanted' | 'isDisturbed'>;

const UNDER_WAY = { served: [], stackId: '', after: 'REVIEW_IN_PROGRESS', wasDeleted: false, failures: [], outputs: {}, jobsAfter: [] } as const;

/** What an operation asks of CloudFormation. False if there is nothing to do. */
type Request = () => Promise<boolean | void>;

/** Plays one plan on an AWS of its own, and writes down what happens. */
export class Play implements Observed {
  public static async open(plan: Plan, templates: Templates): Promise<Play> {
    return new Play(plan, templates, await World.open(plan.environment));
  }

  public readonly operations: ObservedOperation[] = [];
  public readonly jobs: ObservedJob[] = [];
  public readonly statuses: ObservedStatus[] = [];
  public restored?: Observed['restored'];
  public endlessExecutions?: number;
  public jobsAtEnd?: Observed['jobsAtEnd'];
  public announced?: readonly ObservedAnnouncement[];
  public said?: Observed['said'];
  private readonly failures: ResourceFailed[] = [];
  private readonly deployer: Deployer;
  private readonly faults: FaultPlayer;
  private readonly watched = new Set<Stack>();
  private readonly watchStarts: { readonly execution: Execution; readonly operation: number }[] = [];
  private variant: Variant = FIRST_VARIANT;
  /** What the stack was last deployed as with success. */
  private deployed?: Wanted;
  private step = 0;

  private constructor(public readonly plan: Plan, private readonly templates: Templates, public readonly world: World) {
    this.deployer = new Deployer(world);
    this.faults = new FaultPlayer(world.aws);
    world.aws.healthlake.healthLake.observe(({ kind, jobId, datastoreId }) => {
      if (kind === 'import') {
        this.observeJob(jobId, datastoreId);
      }
    });
    this.observeWatches();
  }

  public get requests() {
    return this.world.aws.router.requests.entries;
  }

  public get servedToWatches() {
    return this.faults.servedToWatches;
  }

  public get watches(): ObservedWatch[] {
    return this.watchStarts.map(({ execution: { setup, startedAt, status, stoppedAt, error, cause }, operation }) => ({
      name: setup.name, stateMachineArn: setup.stateMachineArn, ...watchedBy(setup.input), startedAt, operation, status, stoppedAt, error, cause,
    }));
  }

  /** Plays all steps. `judge` is asked after each operation whether to go on. */
  public async run(judge: (play: Play) => void): Promise<void> {
    const { clock } = this.world.aws;
    for (const [index, step] of this.plan.steps.entries()) {
      this.step = index;
      await clock.sleep(step.pauseSeconds * 1000);
      for (const operation of this.operationsOf(step)) {
        const { length } = this.operations;
        await operation();
        if (this.operations.length > length) {
          judge(this);
        }
      }
    }
    await this.clearUp();
    await this.executionsEnd();
    await this.world.aws.events.settled();
    this.jobsAtEnd = this.allJobs();
    this.announced = this.allAnnouncements();
    this.said = { everywhere: everythingSaid(this.world.aws, historyWithoutAnswers), inLogs: everythingLogged(this.world.aws) };
    judge(this);
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
    const { world, deployer } = this;
    this.variant = { ...this.variant, ...step.change };
    if (this.variant.datastore === 'restored') {
      this.restored ??= restoredFrom(world, this.deployed);
    }
    const synthesized = this.templates.of(this.variant, step.trouble, world.datastoreId(this.variant.datastore));
    world.putAssets(synthesized);
    world.nextJobs = step.job;
    putData(world.aws, step.data);
    const kind = deployer.stack ? 'update' : 'create';
    const index = this.operations.length;
    await this.operate({ kind, wanted: this.wanted(this.variant), isDisturbed: true }, step, async () =>
      kind === 'create' ? deployer.create(synthesized, step.rollbackDisabled) : deployer.update(synthesized, step.rollbackDisabled));
    if (index === this.operations.length) {
      return;
    }
    const wanted = this.wanted(this.variant); // a data store of the stack may be new
    this.operations[index] = { ...this.operations[index], wanted };
    if (/^(CREATE|UPDATE)_COMPLETE$/.test(this.operations[index].after)) {
      this.deployed = wanted;
    }
  }

  /** A roll-back that failed is continued before anything else, without any faults. */
  private async clearUp(): Promise<void> {
    if (this.deployer.stack?.status !== 'UPDATE_ROLLBACK_FAILED') {
      return;
    }
    await this.operate({ kind: 'continue the roll-back', isDisturbed: false }, undefined, () => this.deployer.continueRollback());
  }

  /** Waiters outlive a deployment that was cancelled, but not their own time. Watches outlive their job, but not for long. */
  private async executionsEnd(): Promise<void> {
    const { clock } = this.world.aws;
    const startedAt = clock.now();
    const isLate = ({ setup }: Execution): boolean => clock.now() - startedAt > (isWatch(setup.input) ? LONGEST_WATCH : LONGEST_WAITER);
    while (this.running().some((execution) => !isLate(execution))) {
      if (this.isQuiet()) {
        clock.skip(QUIET_STEP);
      }
      await sleep(2);
    }
    this.endlessExecutions = this.running().length;
  }

  private running(): Execution[] {
    return this.world.aws.states.executions().filter(({ status }) => status === 'RUNNING');
  }

  /** Whether all that goes on is pauses, and what HealthLake is at. */
  private isQuiet(): boolean {
    const { lambda } = this.world.aws;
    return this.running().every(({ history }) => PAUSING.test(history.events.at(-1)!.type))
      && lambda.invocations.every(({ endedAt }) => endedAt !== undefined);
  }

  private async operate(beginning: Beginning, step: Step | undefined, request: Request): Promise<void> {
    const { world: { aws }, deployer, faults } = this;
    const before = deployer.stack?.status;
    const failuresBefore = this.failures.length;
    const startedAt = aws.clock.now();
    const index = this.operations.length;
    this.operations.push({ ...UNDER_WAY, ...beginning, step: this.step, startedAt, before });

    faults.begin(beginning.isDisturbed ? step?.faults ?? [] : []);
    const existing = deployer.stack;
    if (await request() === false) {
      this.operations.pop();
      faults.end();
      return;
    }
    const stack = (existing ?? deployer.stack)!; // a deletion may be through by now
    this.watch(stack);
    const wasDeleted = step?.kind === 'deploy' && beginning.wanted !== undefined && await this.deleteMidway(step);
    const isSettled = await this.isSettled(stack, beginning);
    const served = faults.end();

    this.operations[index] = {
      ...this.operations[index],
      served,
      settledAt: isSettled ? aws.clock.now() : undefined,
      stackId: stack.id,
      after: stack.status,
      wasDeleted,
      failures: this.failures.slice(failuresBefore),
      outputs: Object.fromEntries(stack.outputs.map(({ key, value }) => [key, value])),
      jobsAfter: this.allJobs(),
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

  /** Waits for the end, as long as the service time-outs of the import's resources allow: forward, back, and for their deletion. */
  private async isSettled(stack: Stack, { wanted }: Beginning): Promise<boolean> {
    const { clock } = this.world.aws;
    const minutes = Math.max(0, ...[wanted, this.deployed].flatMap((version) => version ? waitingMinutes(version.variant) : []));
    // The margins of the job, of a leg, and of the outcome.
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
    return { variant, datastoreId, dataSet: fingerprintIn(datastoreId, variant.revision) };
  }

  private observeJob(jobId: string, datastoreId: string): void {
    if (this.jobs.some((job) => job.jobId === jobId)) {
      return;
    }
    const inStore = this.world.aws.healthlake.healthLake.importJobs(datastoreId);
    const dataSet = dataSetOf(inStore.find(({ JobId: id }) => id === jobId)?.JobName);
    this.jobs.push({
      jobId,
      datastoreId,
      dataSet,
      submittedAt: this.world.aws.clock.now(),
      operation: this.operations.length - 1,
      waiters: this.running().filter(({ setup }) => !isWatch(setup.input)).length,
      others: inStore.filter(({ JobId: id, JobName: name }) => id !== jobId && dataSetOf(name) === dataSet),
    });
  }

  private observeWatches(): void {
    const { states } = this.world.aws;
    const { onStart } = states;
    states.onStart = (execution) => {
      onStart?.(execution);
      if (isWatch(execution.setup.input)) {
        this.watchStarts.push({ execution, operation: this.operations.length - 1 });
      }
    };
  }

  private allAnnouncements(): ObservedAnnouncement[] {
    return this.world.aws.events.entries.filter(({ event }) => event.source === EVENT_SOURCE).map(({ event }) => ({
      time: Date.parse(event.time), detailType: event['detail-type'], detail: event.detail as unknown as ImportEventDetail,
    }));
  }

  private allJobs() {
    const { healthLake } = this.world.aws.healthlake;
    return healthLake.datastoreProperties().flatMap(({ DatastoreId: id }) => healthLake.importJobs(id!));
  }

  /** Events tell the real time, and not quite: the clock's own is needed. */
  private watch(stack: Stack): void {
    if (this.watched.has(stack)) {
      return;
    }
    this.watched.add(stack);
    const { clock } = this.world.aws;
    const note = (): void => void this.statuses.push({ time: clock.now(), stackId: stack.id, status: stack.status });
    note();
    const setStatus = stack.setStatus.bind(stack);
    stack.setStatus = (...change) => {
      setStatus(...change);
      note();
    };
    const addResourceEvent = stack.addResourceEvent.bind(stack);
    stack.addResourceEvent = (event) => {
      addResourceEvent(event);
      const { logicalId, type, status, statusReason: reason = '' } = event;
      if (status.endsWith('_FAILED')) {
        this.failures.push({ time: clock.now(), logicalId, type, status, reason });
      }
    };
  }
}

/** Whether an execution watches a job; the framework's waiters don't. */
function isWatch(input: string): boolean {
  return 'Import' in JSON.parse(input);
}

function watchedBy(input: string): Pick<ObservedWatch, 'jobId' | 'heardBy'> {
  const { JobId, ConstructPath, OperatorRoleArn } = (JSON.parse(input) as WatchedImport).Import;
  return { jobId: JobId, heardBy: `${ConstructPath} ${OperatorRoleArn}` };
}
