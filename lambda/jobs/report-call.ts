import { setTimeout as sleep } from 'node:timers/promises';
import { InvokeCommand, type InvokeCommandOutput, type LambdaClient } from '@aws-sdk/client-lambda';
import { describeError, kindOf, showErrorCode } from '../aws/errors';
import type { AnyReportRequest, ReportAnswer } from '../report/types';

/** The pause before the first retry of an invocation of the report function. The pause doubles with each retry, up to `LONGEST_PAUSE_MS`. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15_000;

/**
 * The HTTP status with which Lambda refuses to invoke a function that is not ready. Lambda refuses the first invocation of a function that was idle for weeks,
 * and then makes the function ready.
 */
const CONFLICT = 409;

/** Invokes the report function, which makes the report or reads an existing one. Returns `unreadable` if the function fails or times out. */
export async function askForReport(lambda: LambdaClient, functionArn: string, request: AnyReportRequest, abortSignal: AbortSignal):
Promise<ReportAnswer> {
  try {
    const { FunctionError, Payload } = await invoke(lambda, functionArn, request, abortSignal);
    const answer = JSON.parse(Buffer.from(Payload ?? []).toString('utf8')) as ReportAnswer & { readonly errorType?: string };
    // Omit the function's error message: it may contain patient data.
    return FunctionError === undefined ? answer : { kind: 'unreadable', why: `the report function failed: ${showErrorCode(answer.errorType, FunctionError)}` };
  } catch (error) {
    return { kind: 'unreadable', why: `the report function could not be asked: ${describeError(error, [functionArn])}` };
  }
}

/**
 * Invokes the report function. If Lambda refuses the call temporarily, repeats it until the time budget ends. If the response is lost, repeats the call only
 * once, because the function may still run. A repeated call returns the same report.
 */
async function invoke(lambda: LambdaClient, FunctionName: string, request: AnyReportRequest, abortSignal: AbortSignal): Promise<InvokeCommandOutput> {
  let lostAnswers = 0;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    try {
      return await lambda.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(request) }), { abortSignal });
    } catch (error) {
      const status = statusOf(error);
      lostAnswers += status === undefined ? 1 : 0;
      const canSucceed = status === CONFLICT || kindOf(error) === 'transient';
      if (!canSucceed || lostAnswers > 1 || !await pauseFor(pauseMs, abortSignal)) {
        throw error;
      }
    }
  }
}

/** Pauses. Returns false if the time budget ends during the pause. */
async function pauseFor(milliseconds: number, abortSignal: AbortSignal): Promise<boolean> {
  try {
    await sleep(milliseconds, undefined, { signal: abortSignal });
    return true;
  } catch {
    return false;
  }
}

/** Returns the HTTP status of an error, or undefined if there was no HTTP response. */
function statusOf(error: unknown): number | undefined {
  return (error as { readonly $metadata?: { readonly httpStatusCode?: number } }).$metadata?.httpStatusCode;
}
