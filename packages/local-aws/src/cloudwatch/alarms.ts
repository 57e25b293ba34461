import { alarmState, type Alarm, type AlarmProperties, type AlarmRule, type AlarmState } from './alarm';
import type { Metrics } from './metrics';
import type { Environment } from '../contract';
import type { Message, Sns } from '../sns/sns';

interface MutableAlarm extends Alarm {
  properties: AlarmProperties;
  rule: AlarmRule;
  state: AlarmState;
  states: AlarmState[];
}

/** An action that an alarm could not perform. */
export interface FailedAction {
  readonly alarmArn: string;
  readonly action: string;
  readonly reason: string;
}

const MAX_SUBJECT_LENGTH = 100;
const SERVICE = { arn: 'cloudwatch.amazonaws.com', principalArn: 'cloudwatch.amazonaws.com', accountId: '' };

/** Holds the alarms of the account in one region. Performs the actions of an alarm when the alarm's state changes. */
export class Alarms {
  public readonly failedActions: FailedAction[] = [];
  private readonly alarms = new Map<string, MutableAlarm>();
  private readonly underWay = new Set<Promise<void>>();

  public constructor(
    private readonly environment: Environment, private readonly metrics: Metrics, private readonly topics: Pick<Sns, 'publish'>,
    private readonly onPut: () => void,
  ) {}

  public get size(): number {
    return this.alarms.size;
  }

  /** Finds an alarm by name or ARN. */
  public find(nameOrArn: string): Alarm | undefined {
    return this.alarms.get(nameOrArn.replace(/^arn:.*:alarm:/, ''));
  }

  /** Creates or changes an alarm. A changed alarm keeps its state until the next evaluation. */
  public put(name: string, properties: AlarmProperties, rule: AlarmRule): Alarm {
    const known = this.alarms.get(name);
    const alarm = known ?? { name, arn: this.arn(name), properties, rule, state: 'INSUFFICIENT_DATA', states: ['INSUFFICIENT_DATA'] };
    Object.assign(alarm, { properties, rule });
    this.alarms.set(name, alarm);
    this.onPut();
    return alarm;
  }

  public delete(name: string): void {
    this.alarms.delete(name);
  }

  public arn(name: string): string {
    const { partition, region, accountId } = this.environment;
    return `arn:${partition}:cloudwatch:${region}:${accountId}:alarm:${name}`;
  }

  /** Evaluates every alarm. Starts the actions of each alarm whose state changes, but doesn't wait for them. */
  public evaluate(): void {
    for (const alarm of this.alarms.values()) {
      const state = alarmState(alarm.rule, this.metrics, this.environment.clock.now(), alarm.state);
      if (state !== alarm.state) {
        this.change(alarm, state);
      }
    }
  }

  /** Resolves when every started action has succeeded or failed. */
  public async settled(): Promise<void> {
    while (this.underWay.size > 0) {
      await Promise.all(this.underWay);
    }
  }

  private change(alarm: MutableAlarm, state: AlarmState): void {
    const { properties: { ActionsEnabled = true, AlarmActions, OKActions, InsufficientDataActions } } = alarm;
    const message = alarmMessage(this.environment, alarm, state);
    alarm.state = state;
    alarm.states.push(state);
    if (String(ActionsEnabled) !== 'true') {
      return;
    }
    const actions = { ALARM: AlarmActions, OK: OKActions, INSUFFICIENT_DATA: InsufficientDataActions }[state] ?? [];
    for (const action of actions) {
      const performed = this.perform(alarm.arn, action, message).finally(() => this.underWay.delete(performed));
      this.underWay.add(performed);
    }
  }

  private async perform(alarmArn: string, action: string, message: Message): Promise<void> {
    try {
      if (action.split(':')[2] !== 'sns') {
        throw new Error(`alarm action ${action} isn't emulated, give an SNS topic`);
      }
      const { accountId } = this.environment;
      const context = { 'aws:SourceArn': alarmArn, 'aws:SourceAccount': accountId, 'aws:SourceOwner': accountId };
      await this.topics.publish({ caller: SERVICE, context }, action, message);
    } catch (error) {
      this.failedActions.push({ alarmArn, action, reason: error instanceof Error ? error.message : String(error) });
    }
  }
}

/** Returns the message that an alarm publishes when its state changes. */
function alarmMessage({ accountId, region, clock }: Environment, { name, arn, properties, state: before }: Alarm, state: AlarmState): Message {
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
