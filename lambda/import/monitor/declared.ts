import { ALREADY_IMPORTED, type ImportJobProperties } from '../../../src/contract';
import type { Operator } from '../../aws/operator';
import { announceOrWarn } from '../../telemetry/announcement';
import { putMetrics } from '../../telemetry/metrics';
import { metricsOf } from '../outcome/metrics';

/** Emits the metric and the event of a detached import that starts no job. No `Outcome` and no execution would do it. */
export async function announceDeclared(operator: Operator, construct: string, properties: ImportJobProperties): Promise<void> {
  const decision = { kind: 'already imported' } as const;
  putMetrics(properties, metricsOf(decision, {}));
  await announceOrWarn(operator, construct, { ...properties, JobId: ALREADY_IMPORTED }, decision);
}
