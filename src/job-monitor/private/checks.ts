import { type Duration, Token } from 'aws-cdk-lib';
import type { IFHIRDatastoreRef } from 'aws-cdk-lib/aws-healthlake';
import type { Construct, IConstruct } from 'constructs';
import { MAX_LOOK_BACK_DAYS, MAX_MONITORED_DATASTORES } from '../../contract';
import { validateArn } from '../../private/checks/arn';
import { validateEnvironment } from '../../private/checks/environment';
import { validateLogGroup } from '../../private/checks/log-group';
import { validateTopic } from '../../private/checks/notification-topic';
import { checkTrustWhenFinished } from '../../private/checks/trust';
import type { FhirJobMonitorProps } from '../fhir-job-monitor-props';

/** The name of the construct in error messages. */
export const MONITOR = 'the job monitor';

/** The intervals in minutes. They divide an hour, so that a cron expression can express them and every tick is at the start of a window. */
const INTERVALS = [1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60];

/** Throws if the number of data stores is out of range, or if a data store is given twice. */
export function validateDatastores(datastores: readonly IFHIRDatastoreRef[] = []): void {
  if (datastores.length < 1 || datastores.length > MAX_MONITORED_DATASTORES) {
    throw new Error(`a job monitor lists the jobs of 1 to ${MAX_MONITORED_DATASTORES} datastores, got ${datastores.length}; `
      + (datastores.length < 1 ? 'give at least one' : 'create a second monitor for further data stores'));
  }
  const ids = datastores.map(({ fhirDatastoreRef }) => fhirDatastoreRef.datastoreId);
  const twice = datastores.find((_, index) => ids.indexOf(ids[index]) !== index);
  if (twice) {
    throw new Error(`datastores has the data store of "${twice.node.path}" twice; give each data store once`);
  }
}

/** Returns the interval in minutes. Throws if it is not one of `INTERVALS`, or if it is a token, because the periods of metrics have to be known at synthesis. */
export function intervalInMinutes(interval: Duration): number {
  if (interval.isUnresolved()) {
    throw new Error('interval must be known at synth, got a token; give the interval itself, or leave it out for the default');
  }
  const minutes = interval.toMinutes({ integral: false });
  if (!INTERVALS.includes(minutes)) {
    throw new Error(`interval must be ${INTERVALS.slice(0, -1).join(', ')} or ${INTERVALS.at(-1)} minutes, got ${interval.toHumanString()}; use one of these`);
  }
  return minutes;
}

/** The first job monitor of each data store of an app. */
const FIRST_MONITORS = new WeakMap<IConstruct, Map<string, { readonly path: string; readonly minutes: number }>>();

/** Throws if another job monitor of the app lists the jobs of a data store at another interval, because both write the same metrics. */
export function validateSharedMetrics({ node: { root, path } }: Construct, datastores: readonly IFHIRDatastoreRef[], minutes: number): void {
  const monitors = FIRST_MONITORS.get(root) ?? new Map();
  FIRST_MONITORS.set(root, monitors);
  for (const { fhirDatastoreRef: { datastoreId }, node } of datastores) {
    const first = monitors.get(datastoreId) ?? { path, minutes };
    if (first.minutes !== minutes) {
      throw new Error(`the job monitors "${first.path}" and "${path}" write the same metrics of "${node.path}", but their intervals are ${first.minutes} and `
        + `${minutes} minutes; give both the same interval`);
    }
    monitors.set(datastoreId, first);
  }
}

/** Returns the look-back in days. Throws if it is not a whole number of days from 1 to 90. */
export function lookBackInDays(lookBack: Duration): number {
  const days = lookBack.isUnresolved() ? lookBack.toDays() : lookBack.toDays({ integral: false });
  if (!Token.isUnresolved(days) && !(Number.isInteger(days) && days >= 1 && days <= MAX_LOOK_BACK_DAYS)) {
    throw new Error(`lookBack must be in whole days from 1 to ${MAX_LOOK_BACK_DAYS}, got ${lookBack.toHumanString()}; use another number of days`);
  }
  return days;
}

/** Throws if a resource that the monitor uses is known to be in the wrong Region or account, or to be unusable. Warns of an unusable role or log group. */
export function validateResources(scope: Construct, { notificationTopic, logGroup, role }: FhirJobMonitorProps): void {
  if (notificationTopic) {
    validateTopic(scope, notificationTopic);
    // Alarms notify only topics of their Region.
    validateEnvironment(scope, MONITOR, { what: 'notificationTopic', construct: notificationTopic, env: notificationTopic.env }, ['region']);
  }
  if (logGroup) {
    validateLogGroup(scope, MONITOR, logGroup, 'the job monitor has no metrics and its alarms never fire');
  }
  if (role) {
    validateArn(scope, 'role', role.roleArn, 'an IAM role');
    validateEnvironment(scope, MONITOR, { what: 'role', construct: role, env: role.env }, ['account']);
    checkTrustWhenFinished(scope, 'role', role, 'lambda.amazonaws.com');
  }
}

/** Throws if `jobs` is not a whole number above 0. */
export function validateJobs(jobs: number): void {
  if (!Token.isUnresolved(jobs) && !(Number.isSafeInteger(jobs) && jobs > 0)) {
    throw new Error(`jobs must be a whole number above 0, got ${jobs}; give the number of queued jobs at which the alarm fires`);
  }
}

/** Throws if the age is shorter than the interval: a job of that age would count as stuck before the monitor has seen it twice. */
export function validateAge(age: Duration, interval: Duration): void {
  if (!age.isUnresolved() && age.toMilliseconds() < interval.toMilliseconds()) {
    throw new Error(`age must be at least the interval of ${interval.toHumanString()}, got ${age.toHumanString()}; give a longer age`);
  }
}
