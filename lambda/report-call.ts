import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { describeError } from './errors';
import { ReportAnswer, ReportRequest } from './report/types';

/** What is to be reported on, and by which function. */
export interface ReportCall extends ReportRequest {
  readonly FunctionArn: string;
}

/** Has the report made, or read if it is there. A function that fails, or takes too long, is an answer too. */
export async function askForReport(lambda: LambdaClient, { FunctionArn, ...request }: ReportCall, abortSignal: AbortSignal): Promise<ReportAnswer> {
  try {
    const command = new InvokeCommand({ FunctionName: FunctionArn, Payload: JSON.stringify(request) });
    const { FunctionError, Payload } = await lambda.send(command, { abortSignal });
    const answer = JSON.parse(Buffer.from(Payload ?? []).toString('utf8')) as ReportAnswer & { readonly errorType?: string };
    // Not its message: that may be of anything.
    return FunctionError === undefined ? answer : { kind: 'unreadable', why: `the report function failed: ${answer.errorType ?? FunctionError}` };
  } catch (error) {
    return { kind: 'unreadable', why: `the report function could not be asked: ${describeError(error)}` };
  }
}
