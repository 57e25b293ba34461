import type { HealthLakeClient, StartFHIRExportJobRequest, StartFHIRImportJobRequest } from '@aws-sdk/client-healthlake';
import type { JobDescription, JobNoun } from './healthlake-job';
import type { PreflightRequest } from './preflight/request';
import type { Claims, JobVersions } from './start/claims';
import type { Advice, Counts, Evidence, NamedCounts, Verdict } from './verdict';
import type { JobOutcomeProperties, JobResourceTypes, JobStartProperties, JobWindow } from '../../src/contract';
import type { Operator } from '../aws/operator';
import type { AnyReportRequest, ReportAnswer } from '../report/types';

/** A request that starts a job, with its client token. */
export type StartRequest = StartFHIRImportJobRequest | StartFHIRExportJobRequest;

/** The maximum page size of HealthLake's List operations. */
export const PAGE_SIZE = 500;

/** The parameters of a List operation, without the page size. */
export interface ListQuery {
  readonly DatastoreId: string;
  readonly SubmittedAfter?: Date;
  readonly NextToken?: string;
}

/** A page of jobs that HealthLake lists. */
export interface JobPage {
  readonly jobs: readonly JobDescription[];
  readonly NextToken?: string;
}

/** The options of a call. */
export interface CallOptions {
  readonly abortSignal: AbortSignal;
}

/** The names of a job and its data store. */
export interface JobIds {
  readonly DatastoreId?: string;
  readonly JobId?: string;
}

/** HealthLake's operations on jobs of one kind. */
export interface JobApi {
  start(client: HealthLakeClient, request: StartRequest, options: CallOptions): Promise<string>;
  /** Describes a job. Returns undefined if HealthLake's response has no job. */
  describe(client: HealthLakeClient, job: JobIds, options: CallOptions): Promise<JobDescription | undefined>;
  list(client: HealthLakeClient, query: ListQuery, options: CallOptions): Promise<JobPage>;
}

/**
 * The description of a kind of job: everything in which imports and exports differ. All other files of this folder serve both kinds.
 *
 * A method takes the properties of a custom resource of this kind as its parameter `properties`.
 */
export interface JobKind {
  readonly noun: JobNoun;
  readonly resourceTypes: JobResourceTypes;
  /** The name of the kind in the folder of a job's output. */
  readonly folder: 'FHIR_IMPORT' | 'FHIR_EXPORT';
  readonly events: { readonly succeeded: string; readonly failed: string };
  readonly api: JobApi;
  readonly results: NamedCounts;
  readonly advice: Readonly<Partial<Record<Advice, string>>>;
  /** The advice if the job is not known, because HealthLake did not answer during a roll-back. */
  readonly lookUp: string;
  /** The sentence about a job that has not ended when the time is up. */
  readonly afterTimeout: string;
  /** The member of the monitor's input that has the properties of the job. */
  readonly watched: 'Import' | 'Export';

  /** Returns the fingerprint of the data set: 20 hex digits. The names of its jobs end with it. */
  fingerprintOf(properties: JobStartProperties): string;
  /** Returns the fingerprint for the physical id: 20 hex digits. If it changes, the job in the physical id no longer counts. */
  idFingerprintOf(properties: JobStartProperties): string;
  /** Returns what the user declares about the data set, and why no job may be started. */
  claimsOf(versions: JobVersions): Claims;
  /** Returns whether a job with the fingerprint of the data set counts as a job of the data set. */
  countsAsEarlier(job: JobDescription, properties: JobStartProperties): boolean;
  /** Returns the buckets to check before a start. Undefined if the operator role may not check them. */
  preflightOf(properties: JobStartProperties): Pick<PreflightRequest, 'input' | 'OutputS3Uri' | 'OutputKmsKeyId'> | undefined;
  /** Returns the input to compare with an adopted job. Undefined if jobs of this kind have no input. */
  inputOf(properties: JobStartProperties): ComparableInput | undefined;
  requestOf(properties: JobStartProperties, failedJobIds: readonly string[]): StartRequest;
  /** Returns one sentence with the likely causes of a failed start. Undefined if none are known. */
  likelyCauses(error: unknown): string | undefined;

  /** Returns whether the verdict on a job with this status depends on its results. */
  dependsOnResults(status: string | undefined, properties: JobStartProperties | JobOutcomeProperties): boolean;
  /** Returns the latest time before the job to which the data store can be restored. Undefined if there is none, or if the job changes no data. */
  findRestorePoint(job: JobDescription, operator: Operator, own: readonly string[], abortSignal: AbortSignal): Promise<Date | undefined>;
  reportRequestOf(properties: JobStartProperties | JobOutcomeProperties, results: JobResults): AnyReportRequest;
  countsOf(job: JobDescription, report?: ReportAnswer): Counts;
  /** Judges a job of this deployment, or an earlier job that may be adopted. */
  judge(evidence: Evidence, properties: JobStartProperties | JobOutcomeProperties): Verdict;
  /** Returns the reason why the results were not read, although the verdict depends on them. Otherwise returns undefined. */
  whyWithoutResults(evidence: Evidence, properties: JobOutcomeProperties): string | undefined;

  /** Returns the part of a failure reason that shows these counts, in the order of `results`. */
  showCounts(counts: readonly string[]): string;
  /** Returns the attributes that only this kind has, from the location of the output, which can be `UNKNOWN`. */
  ownAttributes(outputLocation: string): Readonly<Record<string, string>>;
  /** Returns what a failure reason says about the results of the job, one sentence an item. */
  sentencesOn(evidence: Evidence): readonly string[];
  /** Returns the properties that only this kind has and by which the monitor judges the job. */
  judgedBy(properties: JobStartProperties): object;
}

/** The input of an import, and how to compare it with an adopted job. */
export interface ComparableInput {
  readonly inputS3Uri: string;
  /** Whether the operator role may list the input. */
  readonly isListable: boolean;
  /** Whether the prefix of the input contains the hash of its content. Such an input never changes, even if a second upload of its files makes objects newer. */
  readonly isConstant: boolean;
  /** Whether the deployment fails if the input changed after the adopted job was submitted. */
  readonly failsIfChanged: boolean;
}

/** The results of a job that has ended. */
export interface JobResults {
  readonly JobId: string;
  readonly JobStatus: string;
  readonly OutputLocation: string;
  readonly ReportRoleArn: string;
  readonly DatastoreId: string;
  readonly Window: JobWindow;
}
