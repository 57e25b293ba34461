import type { IsCompleteRequest, IsCompleteResponse, OnEventRequest, OnEventResponse } from './framework/framework';
import type { RunAnswer, RunRequest, WatchAnswer, WatchedExport, WatchedImport } from '../src/contract';
import { EXPORT } from './export/kind';
import { startRun } from './export/run/start';
import { toFailure } from './framework/reason';
import { IMPORT } from './import/kind';
import { beginChange, continueChange } from './jobs/custom-resources';
import { judgeDetached } from './jobs/monitor/judge';
import { type NamedJob, ownNamesOf } from './service-text/own-names';

/** The framework calls this function once for each change of a resource. */
export async function onEvent(request: OnEventRequest): Promise<OnEventResponse | { PhysicalResourceId?: string }> {
  return throwFailuresOnly(request.ResourceProperties, async () => beginChange(request));
}

/** The framework calls this function until the change is complete. The state machines call it to judge a detached job, and to start a run of a schedule. */
export async function isComplete(request: IsCompleteRequest): Promise<IsCompleteResponse>;
export async function isComplete(request: WatchedImport | WatchedExport): Promise<WatchAnswer>;
export async function isComplete(request: RunRequest): Promise<RunAnswer>;
export async function isComplete(request: IsCompleteRequest | WatchedImport | WatchedExport | RunRequest):
Promise<IsCompleteResponse | WatchAnswer | RunAnswer> {
  if ('Import' in request) {
    return throwFailuresOnly(request.Import, async () => judgeDetached(IMPORT, request.Import, request));
  }
  if ('Export' in request) {
    return throwFailuresOnly(request.Export, async () => judgeDetached(EXPORT, request.Export, request));
  }
  if ('Run' in request) {
    return throwFailuresOnly(request.Run, async () => startRun(request));
  }
  return throwFailuresOnly(request.ResourceProperties, async () => continueChange(request));
}

/** Throws every error as a `Failure`, without words that may be patient data. Lambda logs the error, and CloudFormation and Step Functions show its message. */
async function throwFailuresOnly<T>(named: NamedJob, handle: () => Promise<T>): Promise<T> {
  try {
    return await handle();
  } catch (error) {
    throw toFailure(error, ownNamesOf(named));
  }
}
