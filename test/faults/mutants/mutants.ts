import type { Rewrite } from './bundle';

/** A defect that is put into the handler. The fault suite must find it. */
export interface Mutant {
  readonly name: string;
  /** Path of the source file, relative to the repository root. */
  readonly file: string;
  /** The text to replace. It must occur exactly once in the source file. */
  readonly text: string;
  readonly replacement: string;
}

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'the client token is random',
    file: 'lambda/import/kind.ts',
    text: 'ClientToken: clientTokenOf(parameters, failedJobIds)',
    replacement: 'ClientToken: clientTokenOf(parameters, [String(Math.random())])',
  },
  {
    name: 'the client token is the same after a failed job',
    file: 'lambda/import/kind.ts',
    text: 'ClientToken: clientTokenOf(parameters, failedJobIds)',
    replacement: 'ClientToken: clientTokenOf(parameters, [])',
  },
  {
    name: 'a start whose answer was lost is repeated at once',
    file: 'lambda/jobs/start/memory.ts',
    text: 'const LOST_START_MS = 60_000;',
    replacement: 'const LOST_START_MS = 0;',
  },
  {
    name: 'a job that was started and is not listed yet is started again',
    file: 'lambda/jobs/start/find-or-start.ts',
    text: 'memory.start = { ...attempt, jobId };',
    replacement: 'memory.start = undefined;',
  },
  {
    name: 'a job that succeeded is not adopted',
    file: 'lambda/jobs/start/decision.ts',
    text: "const job = oldest(ledger.value, 'succeeded') ?? oldest(ledger.value, 'running')",
    replacement: "const job = oldest(ledger.value, 'running')",
  },
  {
    name: 'a job that runs is not adopted',
    file: 'lambda/jobs/start/decision.ts',
    text: "const job = oldest(ledger.value, 'succeeded') ?? oldest(ledger.value, 'running')",
    replacement: "const job = oldest(ledger.value, 'succeeded')",
  },
  {
    name: 'a job that failed is adopted',
    file: 'lambda/jobs/start/decision.ts',
    text: 'submittedAt >= requestedAt - CLOCK_SKEW_MS',
    replacement: 'submittedAt < requestedAt',
  },
  {
    name: 'a job that was started for this change and has failed is not adopted',
    file: 'lambda/jobs/start/decision.ts',
    text: 'submittedAt >= requestedAt - CLOCK_SKEW_MS',
    replacement: 'false',
  },
  {
    name: 'jobs of other data sets are adopted',
    file: 'lambda/jobs/fingerprint.ts',
    text: 'return jobName?.endsWith(`-${fingerprint}`) ?? false;',
    replacement: 'return jobName?.includes(fingerprint.slice(0, 0)) ?? false;',
  },
  {
    name: 'an old job is judged by any tolerance',
    file: 'lambda/jobs/start/ledger.ts',
    text: 'reader.kind.judge(evidence, reader.properties).kind',
    replacement: "reader.kind.judge(evidence, { ...reader.properties, ErrorTolerance: { Kind: 'ANY' } } as typeof reader.properties).kind",
  },
  {
    name: 'a job is started without checking whether the stack is rolled back',
    file: 'lambda/aws/stack.ts',
    text: "const status = stacks?.[0]?.StackStatus ?? 'gone';",
    replacement: "const status = stacks ? 'UPDATE_IN_PROGRESS' : 'gone';",
  },
  {
    name: 'a stack without an operation in progress counts as going forward',
    file: 'lambda/aws/stack.ts',
    text: "? 'forward' : undefined;",
    replacement: "? 'forward' : 'forward';",
  },
  {
    name: 'the waiter of an earlier deployment starts a job in the next one',
    file: 'lambda/aws/stack.ts',
    text: 'began > requestedAt + CLOCK_SKEW_MS',
    replacement: 'began > Infinity',
  },
  {
    name: 'an event that is delivered late counts as new',
    file: 'lambda/framework/times.ts',
    text: 'signedAt < deliveredAt ? signedAt : deliveredAt',
    replacement: 'signedAt < deliveredAt ? deliveredAt : deliveredAt',
  },
  {
    name: 'the roll-back of an update is not recognized',
    file: 'lambda/aws/stack.ts',
    text: '/(ROLLBACK|DELETE).*_IN_PROGRESS$/',
    replacement: '/^(ROLLBACK|DELETE).*_IN_PROGRESS$/',
  },
  {
    name: 'an update treats the new job as judged',
    file: 'lambda/jobs/outcome/handler.ts',
    text: 'judged: isOfThisJob ? id.judged : undefined',
    replacement: 'judged: id?.judged',
  },
  {
    name: 'errors are tolerated despite the tolerance none',
    file: 'lambda/import/verdict.ts',
    text: "tolerance.Kind === 'ANY') {\n    return undefined;",
    replacement: "tolerance.Kind !== 'PERCENT') {\n    return undefined;",
  },
  {
    name: 'a job whose cancellation failed counts as running',
    file: 'src/contract/job.ts',
    text: "failed: ['FAILED', 'CANCEL_COMPLETED', 'CANCEL_FAILED'],",
    replacement: "failed: ['FAILED', 'CANCEL_COMPLETED'],",
  },
  {
    name: 'an unknown job status counts as ended',
    file: 'lambda/jobs/healthlake-job.ts',
    text: 'return isCompleted(status) || isOneOf(JOB_STATUSES.failed, status);',
    replacement: "return !/^(SUBMITTED|QUEUED|IN_PROGRESS)$/.test(status ?? '');",
  },
  {
    name: 'Outcome has no deadline',
    file: 'lambda/jobs/outcome/decision.ts',
    text: 'now >= terms.deadline\n',
    replacement: 'now >= terms.deadline * 2\n',
  },
  {
    name: 'a Wait resource has no deadline',
    file: 'lambda/jobs/wait/handler.ts',
    text: 'if (Date.now() >= change.deadline) {',
    replacement: 'if (Date.now() >= change.deadline * 2) {',
  },
  {
    name: 'a Wait resource fails instead of succeeding at its deadline',
    file: 'lambda/jobs/wait/handler.ts',
    text: 'return { response: { IsComplete: true, PhysicalResourceId: formatWaitId(properties), Data: {} } };',
    replacement: "throw new Error('the leg is over');",
  },
  {
    name: 'Job has no deadline',
    file: 'lambda/jobs/start/handler.ts',
    text: 'if (Date.now() >= request.Deadline) {',
    replacement: 'if (Date.now() >= request.Deadline * 2) {',
  },
  {
    name: 'a transient error is final',
    file: 'lambda/aws/errors.ts',
    text: "return 'transient';",
    replacement: "return 'definite';",
  },
  {
    name: 'a refusal by a new policy is final',
    file: 'lambda/aws/errors.ts',
    text: "? 'definite' : 'settling';",
    replacement: "? 'definite' : 'definite';",
  },
  {
    name: 'reasons are not cut',
    file: 'lambda/framework/reason.ts',
    text: 'const MAX_LENGTH = 999;',
    replacement: 'const MAX_LENGTH = 99_999;',
  },
  {
    name: 'reasons have more than one line',
    file: 'lambda/framework/reason.ts',
    text: ".replace(/\\s+/g, ' ')",
    replacement: '',
  },
  {
    name: 'the stack trace is in the reason',
    file: 'lambda/framework/reason.ts',
    text: 'this.stack = this.message;',
    replacement: '',
  },
  {
    name: 'texts of services are shown unfiltered',
    file: 'lambda/service-text/show.ts',
    text: 'return shown.join(\' \').replace(',
    replacement: 'return [text, ...shown][0].replace(',
  },
  {
    name: 'file names are shown',
    file: 'lambda/service-text/show.ts',
    text: 'const isShown = isHarmless(chunk.core)',
    replacement: 'const isShown = chunk.core.endsWith(\'.ndjson\') || isHarmless(chunk.core)',
  },
  {
    name: 'the monitor execution of a job has a random name',
    file: 'lambda/jobs/monitor/start.ts',
    text: 'name: nameOf(outcome),',
    replacement: 'name: `${nameOf(outcome)}${Math.random().toString(36).slice(2)}`,',
  },
  {
    name: 'a monitor execution that already exists is an error',
    file: 'lambda/jobs/monitor/start.ts',
    text: "error.name !== 'ExecutionAlreadyExists'",
    replacement: "error.name !== 'ExecutionDoesNotExist'",
  },
  {
    name: 'no job is monitored',
    file: 'lambda/jobs/start/handler.ts',
    text: 'if (!Watch || jobId === ALREADY_IMPORTED) {',
    replacement: 'if (!Watch || jobId) {',
  },
  {
    name: 'an event that fails to be sent is dropped',
    file: 'lambda/jobs/monitor/judge.ts',
    text: 'await announce(kind, operator, properties, verdict);',
    replacement: 'await announce(kind, operator, properties, verdict).catch(() => undefined);',
  },
  {
    name: 'a monitored job is judged without its tolerance',
    file: 'lambda/jobs/monitor/judge.ts',
    text: 'kind.judge(evidence, properties)',
    replacement: "kind.judge(evidence, { ...properties, ErrorTolerance: { Kind: 'NONE' } } as typeof properties)",
  },
  {
    name: 'a monitored job that cannot be described fails at once',
    file: 'lambda/jobs/monitor/judge.ts',
    text: 'settledBy: (failingSince || now) + SETTLING_MS, deadline };',
    replacement: 'settledBy: 0, deadline: 0 };',
  },
  {
    name: 'an import that changes to another data store is not refused',
    file: 'lambda/import/declaration.ts',
    text: 'if (former !== undefined && !DatastoreInApp) {',
    replacement: 'if (former !== undefined && DatastoreInApp) {',
  },
  {
    name: 'alreadyImported applies to later revisions too',
    file: 'lambda/import/declaration.ts',
    text: "return isNew || isUnanswered ? 'counts' : 'spent';",
    replacement: "return isNew || isUnanswered ? 'counts' : 'counts';",
  },
  {
    name: 'a roll-back keeps the id of the data set that failed',
    file: 'lambda/jobs/start/decision.ts',
    text: "return answer.kind === 'keep the id' ? { kind: 'answer unknown' } : answer;",
    replacement: 'return answer;',
  },
  {
    name: 'an empty export succeeds',
    file: 'lambda/export/verdict.ts',
    text: 'counts.files === 0 && !AllowEmpty',
    replacement: 'counts.files === -1 && !AllowEmpty',
  },
  {
    name: 'an export with errors succeeds',
    file: 'lambda/export/verdict.ts',
    text: "if (status !== 'COMPLETED') {",
    replacement: "if (!status?.startsWith('COMPLETED')) {",
  },
  {
    name: 'a copy in another bucket is adopted',
    file: 'lambda/export/kind.ts',
    text: 'return written === undefined || locationOf(written).bucket === locationOf(OutputS3Uri).bucket;',
    replacement: 'return Boolean(written ?? OutputS3Uri);',
  },
  {
    name: 'a monitored export is judged without allowEmpty',
    file: 'lambda/export/kind.ts',
    text: 'return { AllowEmpty, ScheduledTime };',
    replacement: 'return { ScheduledTime };',
  },
  {
    name: 'the request is logged',
    file: 'lambda/index.ts',
    text: 'async () => continueChange(request)',
    replacement: 'async () => { console.log(JSON.stringify(request)); return continueChange(request); }',
  },
];

/** Returns a `rewrite` that puts a mutant into the bundle, and a `check` to call afterwards. `check` throws unless the mutant's text occurred exactly once. */
export function rewriteOf({ name, file, text, replacement }: Mutant): { readonly rewrite: Rewrite; check(): void } {
  let changes = 0;
  return {
    rewrite: (path, source) => {
      if (path !== file) {
        return source;
      }
      changes = source.split(text).length - 1;
      return source.replace(text, () => replacement);
    },
    check: () => {
      if (changes !== 1) {
        throw new Error(`mutant "${name}": ${file} has ${JSON.stringify(text)} ${changes} times instead of once; adapt the mutant to the source`);
      }
    },
  };
}
