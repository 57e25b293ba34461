import { FhirError, fhirResponse, type FhirResponse } from './outcome';
import type { Datastore } from '../datastores/datastore';
import type { Clock } from '../ports';

/** The parameters of the operation, except `_since`, which does the same as `start`. The emulator has no audit events to delete. */
const PARAMETERS = ['isHardDelete', 'start', 'end', 'deleteAuditEvent'];

/** The duration of a job in the clock's milliseconds. */
const DURATION_MS = 5_000;

interface BulkDelete {
  readonly datastore: Datastore;
  readonly submittedAt: number;
  isDone: boolean;
}

/** The jobs of the operation $bulk-delete. See https://docs.aws.amazon.com/healthlake/latest/devguide/reference-fhir-operations-bulk-delete.html. */
export class BulkDeletes {
  private readonly jobs = new Map<string, BulkDelete>();

  public constructor(private readonly clock: Clock, private readonly newId: () => string) {}

  /** Starts a job that deletes the resources of a type whose last change is in a period. AWS doesn't document whether the period's ends belong to it. */
  public start(datastore: Datastore, type: string, query: URLSearchParams): FhirResponse {
    const unknown = [...query.keys()].find((name) => !PARAMETERS.includes(name));
    if (unknown !== undefined) {
      throw new FhirError(400, 'not-supported', `the local HealthLake has the parameters ${PARAMETERS.join(', ')}, not ${unknown}: omit it`);
    }
    const submittedAt = this.clock.now();
    const [start, end] = [timeIn(query, 'start') ?? -Infinity, timeIn(query, 'end') ?? submittedAt];
    const deletion = query.get('isHardDelete') === 'true' ? 'hard' : 'soft';
    const job: BulkDelete = { datastore, submittedAt, isDone: false };
    const jobId = this.newId();
    this.jobs.set(jobId, job);
    this.clock.sleep(DURATION_MS).then(() => {
      datastore.resources.ofType(type).filter(({ lastUpdated }) => start <= lastUpdated && lastUpdated <= end)
        .forEach(({ id }) => datastore.resources.delete(type, id, this.clock.now(), deletion));
      job.isDone = true;
    }, () => {}); // the clock is closed: the job never ends
    return fhirResponse(200, JSON.stringify({ jobId, jobStatus: 'SUBMITTED' }));
  }

  public describe(datastore: Datastore, jobId: string): FhirResponse {
    const job = this.jobs.get(jobId);
    if (job?.datastore !== datastore) {
      throw new FhirError(404, 'not-found', `The job ${jobId} was not found`);
    }
    const status = job.isDone ? 'COMPLETED' : 'IN_PROGRESS';
    return fhirResponse(200, JSON.stringify({ datastoreId: datastore.id, jobId, status, submittedTime: new Date(job.submittedAt).toISOString() }));
  }
}

function timeIn(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name);
  const time = value === null ? undefined : Date.parse(value);
  if (Number.isNaN(time)) {
    throw new FhirError(400, 'invalid', `${name} ${value} is not a time such as 2026-01-31T12:00:00Z`);
  }
  return time;
}
