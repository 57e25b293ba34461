import type { ListFHIRExportJobsRequest, ListFHIRImportJobsRequest } from '@aws-sdk/client-healthlake';
import type { Job } from './job';

/** What a request for a list may ask for. */
export type ListRequest = ListFHIRImportJobsRequest & ListFHIRExportJobsRequest;

/** The jobs that a list shows: those that the request asks for and that were submitted at `latest` or before. */
export function listed<J extends Job>(jobs: readonly J[], request: ListRequest, latest: number): J[] {
  return jobs.filter((job) => submittedAt(job) <= latest && isWanted(job, request));
}

function isWanted(job: Job, { JobName, JobStatus, SubmittedBefore, SubmittedAfter }: ListRequest): boolean {
  const { properties } = job;
  const submitted = submittedAt(job);
  return (JobName === undefined || properties.JobName === JobName)
    && (JobStatus === undefined || properties.JobStatus === JobStatus)
    && (SubmittedBefore === undefined || submitted < SubmittedBefore.getTime())
    && (SubmittedAfter === undefined || submitted > SubmittedAfter.getTime());
}

function submittedAt(job: Job): number {
  return job.properties.SubmitTime!.getTime();
}
