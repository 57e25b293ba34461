import { setTimeout as sleep } from 'node:timers/promises';
import { InvokeCommand, type InvokeCommandOutput, type LambdaClient } from '@aws-sdk/client-lambda';
import { describeError, kindOf, showErrorCode } from '../aws/errors';
import type { ReportAnswer, ReportRequest } from '../report/types';

/** The pauses between two invocations double from the first to the longest, in milliseconds. */
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 15_000;

/** The status of a function that is not ready: Lambda makes one that was idle for weeks ready when it refuses the first invocation. */
const CONFLICT = 409;

/** What is to be reported on, and by which function. */
export interface ReportCall extends ReportRequest {
  readonly FunctionArn: string;
}

/** Has the report made, or read if it is there. A function that fails, or takes too long, is an answer too. */
export async function askForReport(lambda: LambdaClient, { FunctionArn, ...request }: ReportCall, abortSignal: AbortSignal): Promise<ReportAnswer> {
  try {
    const { FunctionError, Payload } = await invoke(lambda, FunctionArn, request, abortSignal);
    const answer = JSON.parse(Buffer.from(Payload ?? []).toString('utf8')) as ReportAnswer & { readonly errorType?: string };
    // Not its message: that may be of anything.
    return FunctionError === undefined ? answer : { kind: 'unreadable', why: `the report function failed: ${showErrorCode(answer.errorType, FunctionError)}` };
  } catch (error) {
    return { kind: 'unreadable', why: `the report function could not be asked: ${describeError(error, [FunctionArn])}` };
  }
}

/**
 * Invokes the function, and repeats that until the budget ends while Lambda refuses it, as it does with a function that was idle for weeks. When an
 * answer is lost, the function may still run: it is invoked once more, because a report that is made twice is the same.
 */
async function invoke(lambda: LambdaClient, FunctionName: string, request: ReportRequest, abortSignal: AbortSignal): Promise<InvokeCommandOutput> {
  let lostAnswers = 0;
  for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
    try {
      return await lambda.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(request) }), { abortSignal });
    } catch (error) {
      const status = statusOf(error);
      lostAnswers += status === undefined ? 1 : 0;
      const canSucceed = status === CONFLICT || kindOf(error) === 'transient';
      if (!canSucceed || lostAnswers > 1 || !await pauseFor(pause, abortSignal)) {
        throw error;
      }
    }
  }
}

/** Whether there is still time afterwards. */
async function pauseFor(milliseconds: number, abortSignal: AbortSignal): Promise<boolean> {
  try {
    await sleep(milliseconds, undefined, { signal: abortSignal });
    return true;
  } catch {
    return false;
  }
}

/** Undefined if there was no answer. */
function statusOf(error: unknown): number | undefined {
  return (error as { readonly $metadata?: { readonly httpStatusCode?: number } }).$metadata?.httpStatusCode;
}
