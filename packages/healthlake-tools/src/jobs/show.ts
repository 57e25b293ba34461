import {
  DescribeFHIRExportJobCommand, DescribeFHIRImportJobCommand, type ExportJobProperties, type HealthLakeClient, type ImportJobProperties,
  ResourceNotFoundException,
} from '@aws-sdk/client-healthlake';
import { datastoresOf, type FoundJob } from './find';
import { exportJobOf, importJobOf } from '../../../../lambda/job-monitor/listing';
import { calling } from '../aws/errors';
import { ToolError } from '../cli/errors';

/** All that HealthLake says about a job. */
export interface JobDetails extends FoundJob {
  readonly input?: string;
  readonly kmsKey?: string;
  readonly validationLevel?: string;
  readonly role?: string;
}

/**
 * Returns a job of any kind. Looks for it in the given data store, or in all data stores of the Region.
 *
 * @throws if there is no such job
 */
export async function findJob(client: HealthLakeClient, jobId: string, datastoreId: string | undefined): Promise<JobDetails> {
  for (const DatastoreId of await datastoresOf(client, datastoreId)) {
    const id = { DatastoreId, JobId: jobId };
    const job = await calling(`job ${jobId} of data store ${DatastoreId} can't be described`, async () =>
      await known(client.send(new DescribeFHIRImportJobCommand(id))) ?? await known(client.send(new DescribeFHIRExportJobCommand(id))));
    if (job) {
      return { ...'ImportJobProperties' in job ? importDetails(job.ImportJobProperties!) : exportDetails(job.ExportJobProperties!), datastoreId: DatastoreId };
    }
  }
  throw new ToolError(`there is no job ${jobId} in ${datastoreId === undefined ? 'the data stores of this Region' : `data store ${datastoreId}`}: check --region and --datastore-id`);
}

/** Returns undefined if HealthLake doesn't know the job or its data store. */
async function known<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) {
      return undefined;
    }
    throw error;
  }
}

type Details = Omit<JobDetails, 'datastoreId'>;

function importDetails(job: ImportJobProperties): Details {
  const { InputDataConfig, JobOutputDataConfig, ValidationLevel: validationLevel, DataAccessRoleArn: role } = job;
  return { ...importJobOf(job), input: InputDataConfig?.S3Uri, kmsKey: JobOutputDataConfig?.S3Configuration?.KmsKeyId, validationLevel, role };
}

function exportDetails(job: ExportJobProperties): Details {
  return { ...exportJobOf(job), kmsKey: job.OutputDataConfig?.S3Configuration?.KmsKeyId, role: job.DataAccessRoleArn };
}
