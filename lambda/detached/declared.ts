import { ALREADY_IMPORTED, ImportJobProperties } from '../../src/import-contract';
import { announce } from '../announcement';
import { describeError } from '../errors';
import { ask } from '../fact';
import { log } from '../log';
import { putMetrics } from '../metrics';
import { Operator } from '../operator';
import { metricsOf } from '../outcome/metrics';

/** Counts and announces a detached import that starts no job: it has neither an `Outcome` nor an execution that would. */
export async function announceDeclared(operator: Operator, construct: string, properties: ImportJobProperties): Promise<void> {
  const decision = { kind: 'already imported' } as const;
  putMetrics(properties, metricsOf(decision, {}));
  const put = await ask(() => announce(operator, { ...properties, JobId: ALREADY_IMPORTED }, decision));
  if ('error' in put) {
    log('warning: the event could not be put', { construct, why: describeError(put.error) });
  }
}
