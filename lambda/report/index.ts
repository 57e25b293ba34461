import { reportOnExport } from './export/export-report';
import { reportOnImport } from './import-report';
import { s3Of } from './shared/client';
import { parseResultsLocation } from './shared/objects';
import { budgetOf } from './shared/time-budget';
import type { AnyReportRequest, ExportReport, Report, ReportAnswer } from './types';
import { describeError } from '../aws/errors';
import { ownNamesOfReport } from '../service-text/own-names';
import { log } from '../telemetry/log';

/** The part of the Lambda invocation context that the handler uses. */
export interface InvocationContext {
  getRemainingTimeInMillis(): number;
}

/** Writes the report of a job that has ended, and returns the part of it that has no patient data. */
export async function handler(request: AnyReportRequest, context: InvocationContext): Promise<ReportAnswer> {
  const startedAt = Date.now();
  let answer: ReportAnswer;
  try {
    answer = await report(request, context);
  } catch (error) {
    answer = { kind: 'unreadable', why: describeError(error, ownNamesOfReport(request)) };
  }
  logAnswer(request, answer, Date.now() - startedAt);
  return answer;
}

async function report(request: AnyReportRequest, context: InvocationContext): Promise<ReportAnswer> {
  const time = budgetOf(context.getRemainingTimeInMillis());
  const results = parseResultsLocation(request.OutputLocation);
  if (!results) {
    return { kind: 'unreadable', why: 'the output location is not a folder in S3' };
  }
  const s3 = s3Of(request.ReportRoleArn);
  return request.Kind === 'EXPORT' ? reportOnExport(s3, results, request, time) : reportOnImport(s3, results, request, time);
}

function logAnswer(request: AnyReportRequest, answer: ReportAnswer, milliseconds: number): void {
  const { Kind, DatastoreId: datastoreId, JobId: jobId } = request;
  const { filesRead, filesTotal, failures, searchValidationFailures }: Partial<Report> = answer.kind === 'report' ? answer : {};
  const { files, bytes, resources }: Partial<ExportReport> = answer.kind === 'export' ? answer : {};
  const why = 'why' in answer ? answer.why : answer.problem;
  log(Kind === 'EXPORT' ? 'export report' : 'import report', {
    datastoreId, jobId, kind: answer.kind, filesRead, filesTotal, failures, searchValidationFailures, files, bytes, resources, why, milliseconds,
  });
}
