import type { Alarm, AlarmState } from './alarm';
import type { Environment } from '../contract';
import type { Message } from '../sns/sns';

const MAX_SUBJECT_LENGTH = 100;

/** What an alarm publishes about the state that it goes to. */
export function alarmMessage({ accountId, region, clock }: Environment, { name, arn, properties, state: before }: Alarm, state: AlarmState): Message {
  const { AlarmDescription = null, OKActions = [], AlarmActions = [], InsufficientDataActions = [] } = properties;
  return {
    subject: `${state}: "${name}" in ${region}`.replace(/[^ -~]/g, '?').slice(0, MAX_SUBJECT_LENGTH),
    message: JSON.stringify({
      AlarmName: name,
      AlarmDescription,
      AWSAccountId: accountId,
      NewStateValue: state,
      NewStateReason: `Threshold ${properties.Threshold}: ${properties.ComparisonOperator} over ${properties.EvaluationPeriods} period(s)`,
      StateChangeTime: new Date(clock.now()).toISOString(),
      Region: region,
      AlarmArn: arn,
      OldStateValue: before,
      OKActions,
      AlarmActions,
      InsufficientDataActions,
    }),
  };
}
