import { ALREADY_IMPORTED, type ImportJobProperties } from '../../../src/contract';
import { describeError } from '../../aws/errors';
import { ask } from '../../aws/fact';
import type { Operator } from '../../aws/operator';
import { announce } from '../../telemetry/announcement';
import { log } from '../../telemetry/log';
import { putMetrics } from '../../telemetry/metrics';
import { metricsOf } from '../outcome/metrics';

/** Emits the metric and the event of a detached import that starts no job. No `Outcome` and no execution would do it. */
export async function announceDeclared(operator: Operator, construct: string, properties: ImportJobProperties): Promise<void> {
  const decision = { kind: 'already imported' } as const;
  putMetrics(properties, metricsOf(decision, {}));
  const put = await ask(() => announce(operator, { ...properties, JobId: ALREADY_IMPORTED }, decision));
  if ('error' in put) {
    log('warning: the event could not be put', { construct, why: describeError(put.error) });
  }
}
