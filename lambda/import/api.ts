import {
  DescribeFHIRImportJobCommand, ListFHIRImportJobsCommand, StartFHIRImportJobCommand, type StartFHIRImportJobRequest,
} from '@aws-sdk/client-healthlake';
import { type JobApi, PAGE_SIZE } from '../jobs/kind';

/** HealthLake's operations on import jobs. */
export const IMPORT_API: JobApi = {
  async start(client, request: StartFHIRImportJobRequest, options) {
    const { JobId } = await client.send(new StartFHIRImportJobCommand(request), options);
    return JobId!;
  },
  async describe(client, { DatastoreId, JobId }, options) {
    return (await client.send(new DescribeFHIRImportJobCommand({ DatastoreId, JobId }), options)).ImportJobProperties;
  },
  async list(client, query, options) {
    const page = await client.send(new ListFHIRImportJobsCommand({ MaxResults: PAGE_SIZE, ...query }), options);
    return { jobs: page.ImportJobPropertiesList ?? [], NextToken: page.NextToken };
  },
};
