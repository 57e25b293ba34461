import * as fc from 'fast-check';
import { Tally } from './tally';
import { Turns } from './turns';
import { DATASTORE_INVARIANTS } from '../invariants/datastores';
import { JOB_INVARIANTS } from '../invariants/jobs';
import { MONITOR_INVARIANTS } from '../invariants/monitor';
import { OPERATION_INVARIANTS } from '../invariants/operations';
import { REPORTING_INVARIANTS } from '../invariants/reporting';
import { SECRECY_INVARIANTS } from '../invariants/secrecy';
import { describePlan } from '../plan/describe';
import { plans } from '../plan/generate';
import { KNOWN_PLANS } from '../plan/known';
import type { Plan } from '../plan/plan';
import type { Observed } from '../run/observed';
import { PlanRun } from '../run/plan-run';
import { Templates } from '../run/template';

/** The settings of a run of the suite. */
export interface SuiteOptions {
  readonly seed: number;
  /** fast-check's path to one plan of the seed. If set, only this plan runs. */
  readonly path?: string;
  /** The maximum number of plans to run. */
  readonly runs: number;
  /** The time in seconds after which no more plans start. */
  readonly seconds: number;
  /** The number of plans that run at the same time. */
  readonly lanes: number;
  /** The time limit in seconds for shrinking a failing plan. 0 disables shrinking. */
  readonly shrinkSeconds: number;
  /** The code of the provider's functions. The default is the shipped bundle. */
  readonly handler?: Buffer;
  /** Prints the progress of a long run. */
  readonly log?: (line: string) => void;
}

export interface SuiteResult {
  readonly tally: Tally;
  /** Describes the broken invariants and how to reproduce the failure. Undefined if the run passed. */
  readonly failure?: string;
  /** Names of the broken invariants. */
  readonly broken: readonly string[];
}

/** The error that is thrown when a plan breaks invariants. */
class Broken extends Error {
  public constructor(public readonly names: readonly string[], public readonly dependsOnTime: boolean, message: string) {
    super(message);
  }
}

/** Runs random plans until one breaks an invariant or the time is up. */
export async function runSuite(options: SuiteOptions): Promise<SuiteResult> {
  const templates = new Templates(options.handler);
  const tally = new Tally();
  const turns = new Turns();
  const state = { stopped: false };
  const until = Date.now() + options.seconds * 1000;
  const lanes = options.path === undefined ? options.lanes : 1;
  const found = await Promise.all(Array.from({ length: lanes }, async (_, lane) =>
    runLane({ ...options, seed: options.seed + lane, runs: Math.ceil(options.runs / lanes) }, { templates, tally, until, state, turns })));
  const failure = found.find((failed) => failed !== undefined);
  return { tally, failure: failure?.message, broken: failure?.names ?? [] };
}

/** Runs all known plans at the same time. */
export async function runKnown(handler?: Buffer): Promise<SuiteResult> {
  const surroundings = { templates: new Templates(handler), tally: new Tally(), turns: new Turns() };
  const failed = await Promise.all(KNOWN_PLANS.map(async ({ name, plan }) => runAndConfirm(plan, {}, surroundings).then(() => undefined,
    (error: unknown) => ({ names: error instanceof Broken ? error.names : [name], message: [`known plan "${name}":`, messageOf(error), describePlan(plan)].join('\n') }))));
  const found = failed.filter((failure) => failure !== undefined);
  return {
    tally: surroundings.tally,
    failure: found.length > 0 ? found.map(({ message }) => message).join('\n') : undefined,
    broken: found.flatMap(({ names }) => names),
  };
}

interface Surroundings {
  readonly templates: Templates;
  readonly tally: Tally;
  readonly until: number;
  readonly state: { stopped: boolean };
  readonly turns: Turns;
}

async function runLane(options: SuiteOptions, surroundings: Surroundings): Promise<Broken | undefined> {
  const { seed, path, runs, shrinkSeconds } = options;
  const { until, state } = surroundings;
  const check = async (plan: Plan): Promise<void> => {
    if (!state.stopped && Date.now() < until) {
      await runAndConfirm(plan, options, surroundings);
    }
  };
  const found = await fc.check(fc.asyncProperty(plans(), check), { seed, path, numRuns: path === undefined ? runs : 1, endOnFailure: true });
  if (!found.failed || found.counterexamplePath === null) {
    return undefined;
  }
  state.stopped = true;
  const first = { plan: found.counterexample[0], path: found.counterexamplePath, error: found.errorInstance };
  const isShrinkable = path === undefined && shrinkSeconds > 0;
  const smallest = isShrinkable ? await shrink(first, seed, shrinkSeconds, (plan) => runPlan(plan, options, surroundings)) : first;
  return describeFailure(first, smallest, seed);
}

interface Counterexample {
  readonly plan: Plan;
  readonly path: string;
  readonly error: unknown;
}

/** Returns a smaller plan that also fails. Returns the first plan if no smaller one fails, which can happen if the failure depends on timing. */
async function shrink(first: Counterexample, seed: number, seconds: number, check: (plan: Plan) => Promise<void>): Promise<Counterexample> {
  const smaller = await fc.check(fc.asyncProperty(plans(), check), {
    seed, path: first.path, numRuns: 1, interruptAfterTimeLimit: seconds * 1000, markInterruptAsFailure: false,
  });
  return smaller.failed && smaller.counterexamplePath !== null
    ? { plan: smaller.counterexample[0], path: smaller.counterexamplePath, error: smaller.errorInstance }
    : first;
}

/** Runs a plan and throws if it breaks an invariant. If a busy machine can break that invariant, the plan must break it again when it runs alone. */
async function runAndConfirm(
  plan: Plan, options: Pick<SuiteOptions, 'log'>, surroundings: Pick<Surroundings, 'templates' | 'tally' | 'turns'>,
): Promise<void> {
  const { turns, tally } = surroundings;
  try {
    await turns.together(() => runPlan(plan, options, surroundings));
  } catch (error) {
    if (!(error instanceof Broken) || !error.dependsOnTime) {
      throw error;
    }
    await turns.alone(() => runPlan(plan, options, surroundings));
    error.names.forEach((name) => tally.count('broken once, and not when run alone', name));
  }
}

async function runPlan(
  plan: Plan, { log }: Pick<SuiteOptions, 'log'>, { templates, tally }: Pick<Surroundings, 'templates' | 'tally'>,
): Promise<void> {
  const run = await PlanRun.open(plan, templates);
  try {
    await run.run(judge);
    tally.add(run.observed);
    if (tally.plans % 50 === 0) {
      log?.(`${tally.plans} plans`);
    }
  } finally {
    await run.close();
  }
}

function judge(observed: Observed): void {
  const all = [
    ...JOB_INVARIANTS, ...OPERATION_INVARIANTS, ...REPORTING_INVARIANTS, ...SECRECY_INVARIANTS, ...MONITOR_INVARIANTS, ...DATASTORE_INVARIANTS,
  ];
  const found = all.map((invariant) => ({ ...invariant, violations: invariant.violations(observed) }))
    .filter(({ violations }) => violations.length > 0);
  if (found.length === 0) {
    return;
  }
  const message = found.map(({ name, violations }) => [`BROKEN: ${name}`, ...violations].join('\n  ')).join('\n');
  throw new Broken(found.map(({ name }) => name), found.every(({ dependsOnTime }) => typeof dependsOnTime === 'function' ? dependsOnTime(observed.plan) : dependsOnTime), message);
}

function describeFailure(first: Counterexample, smallest: Counterexample, seed: number): Broken {
  const repeat = (path: string): string => `FAULTS_SEED=${seed} FAULTS_PATH=${path} npx jest --testMatch "<rootDir>/test/faults/sample.long.ts"`;
  const lines = [
    messageOf(smallest.error),
    `seed ${seed}, path ${smallest.path}; to run it again: ${repeat(smallest.path)}`,
    describePlan(smallest.plan),
    ...(smallest === first ? [] : [`found as path ${first.path}: ${repeat(first.path)}`, messageOf(first.error)]),
  ];
  return new Broken(smallest.error instanceof Broken ? smallest.error.names : ['the plan could not run'], false, lines.join('\n'));
}

function messageOf(error: unknown): string {
  if (error instanceof Broken) {
    return error.message;
  }
  return error instanceof Error ? error.stack ?? error.message : String(error);
}
