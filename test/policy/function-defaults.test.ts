import { type IPropertyInjector, PropertyInjectors, type Stack } from 'aws-cdk-lib';
import { CfnFHIRDatastore } from 'aws-cdk-lib/aws-healthlake';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Function, type FunctionProps, Tracing } from 'aws-cdk-lib/aws-lambda';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { CustomerManagedEncryptionConfiguration, StateMachine, type StateMachineProps } from 'aws-cdk-lib/aws-stepfunctions';
import { Completion } from '../../src';
import { ReplacementGuard } from '../../src/datastore/private/replacement-guard';
import { may, policiesOf } from '../support/access';
import { Deployed } from '../support/deployed';
import { FEATURE_FLAGS, importInto, newStack, resourcesOfType, templateOf } from '../support/synth';

/** Creates a property injector that adds default properties to every construct of a class. */
function defaultsOf(constructUniqueId: string, defaults: object): IPropertyInjector {
  return { constructUniqueId, inject: (props) => ({ ...defaults, ...props }) };
}

function deploy(flags: Record<string, unknown>, injectorOf: (stack: Stack) => IPropertyInjector): Deployed {
  const stack = newStack(flags);
  const injector = injectorOf(stack);
  PropertyInjectors.of(stack).add(injector);
  const datastore = new CfnFHIRDatastore(stack, 'Datastore', { datastoreTypeVersion: 'R4' });
  new ReplacementGuard(stack, 'Guard', { datastore, allowReplacement: false });
  importInto(stack, { datastore, completion: Completion.detached() });
  return new Deployed(templateOf(stack));
}

describe.each(FEATURE_FLAGS)('an app %s', (_, flags) => {
  test.each<[string, string, RegExp | string, (stack: Stack) => Partial<FunctionProps>]>([
    ['tracing', 'xray:PutTraceSegments', '*', () => ({ tracing: Tracing.ACTIVE })],
    ['a dead-letter queue', 'sqs:SendMessage', /^Dead/, (stack) => ({ deadLetterQueue: new Queue(stack, 'Dead') })],
  ])('the roles of all functions have the permission for %s if every function of the app has it', async (__, action, target, defaults) => {
    const deployed = deploy(flags, (stack) => defaultsOf(Function.PROPERTY_INJECTION_ID, defaults(stack)));
    const resource = typeof target === 'string' ? target : deployed.arnOf('AWS::SQS::Queue', target);
    const roles = resourcesOfType(deployed.template, 'AWS::Lambda::Function').map(({ Properties }) => Properties.Role as string);
    const roleIds = Object.entries(deployed.template.Resources).filter(([id, { Type }]) => Type === 'AWS::IAM::Role' && roles.includes(deployed.arn(id))).map(([id]) => id);

    expect(roleIds).toHaveLength(5);
    expect(await Promise.all(roleIds.map((id) => may(deployed, id, action, resource)))).toEqual([true, true, true, true, true]);
  });

  test('the role of the monitor may use a key if every state machine of the app is encrypted with the key', () => {
    const defaults = (stack: Stack): Partial<StateMachineProps> => ({ encryptionConfiguration: new CustomerManagedEncryptionConfiguration(new Key(stack, 'Defaults')) });
    const deployed = deploy(flags, (stack) => defaultsOf(StateMachine.PROPERTY_INJECTION_ID, defaults(stack)));
    const actions = policiesOf(deployed, deployed.roleId(/WatchRole/)).flatMap(({ Statement }) => Statement).flatMap(({ Action }) => Action);

    expect(actions).toEqual(expect.arrayContaining(['kms:Decrypt', 'kms:GenerateDataKey']));
  });
});
