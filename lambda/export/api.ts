import {
  DescribeFHIRExportJobCommand, ListFHIRExportJobsCommand, StartFHIRExportJobCommand, type StartFHIRExportJobRequest,
} from '@aws-sdk/client-healthlake';
import { type JobApi, PAGE_SIZE } from '../jobs/kind';

/** HealthLake's operations on export jobs. */
export const EXPORT_API: JobApi = {
  async start(client, request: StartFHIRExportJobRequest, options) {
    const { JobId } = await client.send(new StartFHIRExportJobCommand(request), options);
    return JobId!;
  },
  async describe(client, { DatastoreId, JobId }, options) {
    return (await client.send(new DescribeFHIRExportJobCommand({ DatastoreId, JobId }), options)).ExportJobProperties;
  },
  async list(client, query, options) {
    const page = await client.send(new ListFHIRExportJobsCommand({ MaxResults: PAGE_SIZE, ...query }), options);
    return { jobs: page.ExportJobPropertiesList ?? [], NextToken: page.NextToken };
  },
};
