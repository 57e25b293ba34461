import { exportedFilesOf } from './exported';
import {
  bucketOf, dataSetOf, isEnded, type JobState, type ObservedEvent, type ObservedJob, type ObservedMonitoring, type ObservedOperation,
  type ObservedStatus, type ResourceFailed,
} from './observed';
import type { LocalAws } from '../../../packages/local-aws/src/aws';
import type { Stack } from '../../../packages/local-aws/src/cloudformation/stacks/stack';
import type { Execution } from '../../../packages/local-aws/src/stepfunctions/stepfunctions';
import { EVENT_SOURCE, type WatchedExport, type WatchedImport } from '../../../src/contract';
import { isMonitor } from '../../support/executions';

/** Records what happens on the AWS emulator while a plan runs. */
export class Recorder {
  public readonly operations: ObservedOperation[] = [];
  public readonly jobs: ObservedJob[] = [];
  public readonly statuses: ObservedStatus[] = [];
  public readonly failures: ResourceFailed[] = [];
  private readonly stacks = new Set<Stack>();
  private readonly monitorStarts: { readonly execution: Execution; readonly operation: number }[] = [];

  public constructor(private readonly aws: LocalAws) {
    aws.healthlake.healthLake.observe(({ jobId, datastoreId }) => this.recordJob(jobId, datastoreId));
    const { onStart } = aws.states;
    aws.states.onStart = (execution) => {
      onStart?.(execution);
      if (isMonitor(execution)) {
        this.monitorStarts.push({ execution, operation: this.operations.length - 1 });
      }
    };
  }

  public get monitorings(): ObservedMonitoring[] {
    return this.monitorStarts.map(({ execution: { setup, startedAt, status, stoppedAt, error, cause }, operation }) => ({
      name: setup.name,
      stateMachineArn: setup.stateMachineArn,
      ...monitoredJob(setup.input),
      startedAt,
      operation,
      status,
      stoppedAt,
      error,
      cause,
    }));
  }

  public get events(): ObservedEvent[] {
    return this.aws.events.entries.filter(({ event }) => event.source === EVENT_SOURCE).map(({ event }) => ({
      time: Date.parse(event.time), detailType: event['detail-type'], detail: event.detail as unknown as ObservedEvent['detail'],
    }));
  }

  /** The executions that are running now. */
  public get running(): Execution[] {
    return this.aws.states.executions().filter(({ status }) => status === 'RUNNING');
  }

  public allJobs(): JobState[] {
    return this.aws.healthlake.healthLake.datastoreProperties().flatMap(({ DatastoreId: id }) => this.jobsIn(id!));
  }

  /** Starts to record the status changes and failures of a stack, with times on the scaled clock. The stack's own events have only real times. */
  public follow(stack: Stack): void {
    if (this.stacks.has(stack)) {
      return;
    }
    this.stacks.add(stack);
    const { clock } = this.aws;
    const recordStatus = (): void => void this.statuses.push({ time: clock.now(), stackId: stack.id, status: stack.status });
    recordStatus();
    const setStatus = stack.setStatus.bind(stack);
    stack.setStatus = (...change) => {
      setStatus(...change);
      recordStatus();
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

  private jobsIn(datastoreId: string): JobState[] {
    const { healthLake } = this.aws.healthlake;
    const imports = healthLake.importJobs(datastoreId) as JobState[];
    const exports = healthLake.exportJobs(datastoreId) as JobState[];
    return [
      ...imports.map((job) => ({ ...job, kind: 'import' as const })),
      ...exports.map((job) => ({ ...job, kind: 'export' as const, exported: isEnded(job) ? exportedFilesOf(this.aws, job) : undefined })),
    ];
  }

  private recordJob(jobId: string, datastoreId: string): void {
    if (this.jobs.some((job) => job.jobId === jobId)) {
      return;
    }
    const inStore = this.jobsIn(datastoreId);
    const own = inStore.find(({ JobId: id }) => id === jobId)!;
    const dataSet = dataSetOf(own.JobName);
    const counts = (job: JobState): boolean => own.kind === 'import' || bucketOf(job) === bucketOf(own);
    this.jobs.push({
      kind: own.kind,
      jobId,
      datastoreId,
      dataSet,
      submittedAt: this.aws.clock.now(),
      operation: this.operations.length - 1,
      waiters: this.running.filter((execution) => !isMonitor(execution)).length,
      others: inStore.filter(({ JobId: id, JobName: name }) => id !== jobId && dataSetOf(name) === dataSet).filter(counts),
    });
  }
}

function monitoredJob(input: string): Pick<ObservedMonitoring, 'jobId' | 'constructId'> {
  const watched = JSON.parse(input) as WatchedImport | WatchedExport;
  const { JobId, ConstructPath, OperatorRoleArn } = 'Import' in watched ? watched.Import : watched.Export;
  return { jobId: JobId, constructId: `${ConstructPath} ${OperatorRoleArn}` };
}
