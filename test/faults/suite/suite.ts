import * as fc from 'fast-check';
import { Tally } from './tally';
import { Turns } from './turns';
import { DATASTORE_INVARIANTS } from '../invariants/datastores';
import { INVARIANTS } from '../invariants/invariants';
import { WATCH_INVARIANTS } from '../invariants/monitor';
import { describePlan } from '../plan/describe';
import { plans } from '../plan/generate';
import { KNOWN_PLANS } from '../plan/known';
import type { Plan } from '../plan/plan';
import type { Observed } from '../run/observed';
import { Play } from '../run/plan-run';
import { Templates } from '../run/template';

/** How the suite is run. */
export interface SuiteOptions {
  readonly seed: number;
  /** Plays one plan only: the one at this path below the seed. */
  readonly path?: string;
  /** Plans at most. */
  readonly runs: number;
  /** After so many seconds no plan is begun any more. */
  readonly seconds: number;
  /** Plans that are played at the same time. */
  readonly lanes: number;
  /** For how long a plan that fails is reduced; 0 leaves it as it is. */
  readonly shrinkSeconds: number;
  /** What the provider's own functions run; the shipped bundle unless given. */
  readonly handler?: Buffer;
  /** Said while it runs, and at its end. */
  readonly say?: (line: string) => void;
}

export interface SuiteResult {
  readonly tally: Tally;
  /** What is wrong, and how to see it again. */
  readonly failure?: string;
  /** The invariants that are broken. */
  readonly broken: readonly string[];
}

/** Invariants that a plan breaks. */
class Broken extends Error {
  public constructor(public readonly names: readonly string[], public readonly dependsOnTime: boolean, message: string) {
    super(message);
  }
}

/** Plays random plans until one breaks an invariant, or the time is up. */
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

/** Plays the plans that are always played, at the same time. */
export async function runKnown(handler?: Buffer): Promise<SuiteResult> {
  const surroundings = { templates: new Templates(handler), tally: new Tally(), turns: new Turns() };
  const failed = await Promise.all(KNOWN_PLANS.map(async ({ name, plan }) => playAndConfirm(plan, {}, surroundings).then(() => undefined,
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
  const play = async (plan: Plan): Promise<void> => {
    if (!state.stopped && Date.now() < until) {
      await playAndConfirm(plan, options, surroundings);
    }
  };
  const found = await fc.check(fc.asyncProperty(plans(), play), { seed, path, numRuns: path === undefined ? runs : 1, endOnFailure: true });
  if (!found.failed || found.counterexamplePath === null) {
    return undefined;
  }
  state.stopped = true;
  const first = { plan: found.counterexample[0], path: found.counterexamplePath, error: found.errorInstance };
  const isToBeReduced = path === undefined && shrinkSeconds > 0;
  const smallest = isToBeReduced ? await shrink(first, seed, shrinkSeconds, (plan) => playPlan(plan, options, surroundings)) : first;
  return describeFailure(first, smallest, seed);
}

interface Counterexample {
  readonly plan: Plan;
  readonly path: string;
  readonly error: unknown;
}

/** Looks for a smaller plan that fails too. What depends on the time may not fail again: then the first stays. */
async function shrink(first: Counterexample, seed: number, seconds: number, play: (plan: Plan) => Promise<void>): Promise<Counterexample> {
  const smaller = await fc.check(fc.asyncProperty(plans(), play), {
    seed, path: first.path, numRuns: 1, interruptAfterTimeLimit: seconds * 1000, markInterruptAsFailure: false,
  });
  return smaller.failed && smaller.counterexamplePath !== null
    ? { plan: smaller.counterexample[0], path: smaller.counterexamplePath, error: smaller.errorInstance }
    : first;
}

/** What a busy machine can break has to break again, with nothing else played at the time. */
async function playAndConfirm(
  plan: Plan, options: Pick<SuiteOptions, 'say'>, surroundings: Pick<Surroundings, 'templates' | 'tally' | 'turns'>,
): Promise<void> {
  const { turns, tally } = surroundings;
  try {
    await turns.together(() => playPlan(plan, options, surroundings));
  } catch (error) {
    if (!(error instanceof Broken) || !error.dependsOnTime) {
      throw error;
    }
    await turns.alone(() => playPlan(plan, options, surroundings));
    error.names.forEach((name) => tally.count('broken once, and not again when played alone', name));
  }
}

async function playPlan(
  plan: Plan, { say }: Pick<SuiteOptions, 'say'>, { templates, tally }: Pick<Surroundings, 'templates' | 'tally'>,
): Promise<void> {
  const play = await Play.open(plan, templates);
  try {
    await play.run(judge);
    tally.add(play);
    if (tally.plans % 50 === 0) {
      say?.(`${tally.plans} plans played`);
    }
  } finally {
    await play.close();
  }
}

function judge(observed: Observed): void {
  const all = [...INVARIANTS, ...WATCH_INVARIANTS, ...DATASTORE_INVARIANTS];
  const found = all.map((invariant) => ({ ...invariant, violations: invariant.violations(observed) }))
    .filter(({ violations }) => violations.length > 0);
  if (found.length === 0) {
    return;
  }
  const message = found.map(({ name, violations }) => [`BROKEN: ${name}`, ...violations].join('\n  ')).join('\n');
  throw new Broken(found.map(({ name }) => name), found.every(({ dependsOnTime }) => typeof dependsOnTime === 'function' ? dependsOnTime(observed.plan) : dependsOnTime), message);
}

function describeFailure(first: Counterexample, smallest: Counterexample, seed: number): Broken {
  const repeat = (path: string): string => `FAULTS_SEED=${seed} FAULTS_PATH=${path} npx jest test/faults/faults.test.ts`;
  const lines = [
    messageOf(smallest.error),
    `seed ${seed}, path ${smallest.path}; to play it again: ${repeat(smallest.path)}`,
    describePlan(smallest.plan),
    ...(smallest === first ? [] : [`found as path ${first.path}: ${repeat(first.path)}`, messageOf(first.error)]),
  ];
  return new Broken(smallest.error instanceof Broken ? smallest.error.names : ['the plan could not be played'], false, lines.join('\n'));
}

function messageOf(error: unknown): string {
  if (error instanceof Broken) {
    return error.message;
  }
  return error instanceof Error ? error.stack ?? error.message : String(error);
}
