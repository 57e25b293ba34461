import { type JobOutcomeAttributes, type JobOutcomeProperties, UNKNOWN } from '../../../src/contract';
import type { OnEventRequest } from '../../framework/framework';
import { ownNamesOf } from '../../service-text/own-names';
import { quoteServiceText } from '../../service-text/show';
import { outputLocationOf } from '../evidence';
import type { JobKind } from '../kind';
import type { Advice, Evidence, Verdict, JudgedJob } from '../verdict';

/** Returns the attributes of `Outcome`. An attribute that is not known is `UNKNOWN`. */
export function attributesOf(kind: JobKind, properties: JobOutcomeProperties, judged: JudgedJob | undefined,
  evidence?: Evidence): JobOutcomeAttributes & Readonly<Record<string, string>> {
  const { job, report, counts } = evidence ?? {};
  const known = judged?.counts ?? counts ?? {};
  const location = outputLocationOf(kind, properties, properties.JobId, job);
  return {
    JobId: properties.JobId,
    JobStatus: judged?.status ?? job?.JobStatus ?? UNKNOWN,
    ...Object.fromEntries(Object.entries(kind.results).map(([name, of]) => [name, show(known[of])])),
    OutputLocation: location,
    ...kind.ownAttributes(location),
    ReportLocation: report && 'location' in report ? report.location ?? UNKNOWN : UNKNOWN,
  };
}

/** Returns the advice on a job of any kind that has not ended or can't be described. */
function adviceOn({ afterTimeout }: JobKind): Partial<Record<Advice | 'timeout of a creation', string>> {
  return {
    'timeout': `${afterTimeout}; deploy again later, which finds it and starts no second one, or raise the timeout of completion, or use Completion.detached()`,
    'timeout of a creation': `${afterTimeout}, but a roll-back of this creation removes the data access role `
      + 'if it is part of the creation, and the job then fails; deploy with --no-rollback, or with a dataAccessRole and a storage of another stack, '
      + 'or raise the timeout of completion, or use Completion.detached()',
    'access': 'correct the permissions or the data store and deploy again, which finds the job',
  };
}

type Failed = Extract<Verdict, { kind: 'failed' }>;

/** Returns the sentences of the failure reason that CloudFormation shows for a failed job. */
export function sentencesOf(kind: JobKind, properties: JobOutcomeProperties, requestType: OnEventRequest['RequestType'],
  { why, advice, evidence }: Failed): string[] {
  const advised = advice === 'timeout' && requestType === 'Create' ? 'timeout of a creation' : advice;
  return [
    `FHIR ${kind.noun} job ${properties.JobId}: ${why}`,
    ...(evidence ? sentencesOn(kind, properties, evidence) : []),
    `results: ${outputLocationOf(kind, properties, properties.JobId, evidence?.job)}`,
    advised === undefined ? '' : { ...adviceOn(kind), ...kind.advice }[advised] ?? '',
  ];
}

function sentencesOn(kind: JobKind, properties: JobOutcomeProperties, evidence: Evidence): string[] {
  const { job, counts } = evidence;
  const withoutResults = kind.whyWithoutResults(evidence, properties);
  const names = ownNamesOf({ ...properties, DataAccessRoleArn: job.DataAccessRoleArn });
  return [
    `status ${job.JobStatus}, ${kind.showCounts(Object.values(kind.results).map((name) => show(counts[name])))}`,
    withoutResults === undefined ? '' : `judged by the counts of the job, because ${withoutResults}`,
    ...kind.sentencesOn(evidence),
    job.Message ? quoteServiceText('HealthLake says', job.Message, names, `aws healthlake describe-fhir-${kind.noun}-job`) : '',
  ];
}

function show(count?: number): string {
  return count === undefined ? UNKNOWN : String(count);
}
