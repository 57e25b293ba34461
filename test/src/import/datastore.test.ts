import { CfnResource, Fn, Stack } from 'aws-cdk-lib';
import { CfnFHIRDatastore, type IFHIRDatastoreRef } from 'aws-cdk-lib/aws-healthlake';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { DATASTORE_ID, datastoreOf, importInto, newStack, onlyResource, resourcesOfType, templateOf, templateWith, textParameter } from '../../support/synth';

test('a job names its data store by id, whether the app creates or imports the data store', () => {
  const stack = newStack();
  const datastore = new CfnFHIRDatastore(stack, 'Own', { datastoreTypeVersion: 'R4' });
  importInto(stack, { datastore });
  importInto(stack, { datastore: datastoreOf(stack) }, 'Second');

  expect(resourcesOfType(templateOf(stack), 'Custom::FhirImportJob').map(({ Properties }) => Properties.DatastoreId))
    .toEqual([{ Ref: 'Own' }, DATASTORE_ID]);
});

describe('the job resource', () => {
  /** A third-party construct that wraps a data store. */
  class Wrapper extends Construct implements IFHIRDatastoreRef {
    public constructor(scope: Construct, resource: (scope: Construct) => void, public readonly fhirDatastoreRef: IFHIRDatastoreRef['fhirDatastoreRef']) {
      super(scope, 'Wrapper');
      resource(this);
    }
    public get env() {
      return Stack.of(this).env as IFHIRDatastoreRef['env'];
    }
  }
  const newDatastore = (scope: Construct, id = 'Own') => new CfnFHIRDatastore(scope, id, { datastoreTypeVersion: 'R4' });
  const refTo = (datastoreId: string) => ({ datastoreId, datastoreArn: `arn:aws:healthlake:us-east-1:111122223333:datastore/${DATASTORE_ID}` });
  /** Creates a custom resource that returns a data store id. The id may belong to a data store that was restored with its data. */
  const lookUp = (scope: Construct) => new CfnResource(scope, 'Resource', { type: 'Custom::RestoredDatastore' });

  test.each<[string, 'true' | undefined, (stack: Stack) => IFHIRDatastoreRef]>([
    ['a resource of the stack', 'true', (stack) => newDatastore(stack)],
    ['a resource of another stack', 'true', (stack) => newDatastore(new Stack(stack.node.scope!, 'Data'))],
    ['the default child of a construct', 'true', (stack) => new Wrapper(stack, (scope) => newDatastore(scope, 'Resource'), refTo(DATASTORE_ID))],
    ['named by the id of a resource', 'true', (stack) => CfnFHIRDatastore.fromDatastoreId(stack, 'Named', newDatastore(stack).attrDatastoreId)],
    ['named by a reference to a resource', 'true', (stack) => CfnFHIRDatastore.fromDatastoreId(stack, 'Named', newDatastore(stack).ref)],
    ['named by its id', undefined, (stack) => datastoreOf(stack)],
    ['named by its ARN', undefined, (stack) => CfnFHIRDatastore.fromFHIRDatastoreArn(stack, 'Named', `arn:aws:healthlake:us-east-1:111122223333:datastore/fhir/${DATASTORE_ID}`)],
    ['named by a parameter', undefined, (stack) => CfnFHIRDatastore.fromDatastoreId(stack, 'Named', textParameter(stack))],
    ['named by a parameter of SSM', undefined, (stack) => CfnFHIRDatastore.fromDatastoreId(stack, 'Named', StringParameter.valueForStringParameter(stack, '/datastore'))],
    ['named by an import value', undefined, (stack) => CfnFHIRDatastore.fromDatastoreId(stack, 'Named', Fn.importValue('Datastore'))],
    ['named by a custom resource', undefined, (stack) => CfnFHIRDatastore.fromDatastoreId(stack, 'Named', lookUp(stack).ref)],
    ['a construct with a custom resource', undefined, (stack) => new Wrapper(stack, (scope) => lookUp(scope), refTo(DATASTORE_ID))],
  ])('for a data store that is %s, the property DatastoreInApp has the value %s', (_what, expected, datastore) => {
    const template = templateWith((stack) => ({ datastore: datastore(stack) }));
    expect(onlyResource(template, 'Custom::FhirImportJob').Properties.DatastoreInApp).toBe(expected);
  });
});
