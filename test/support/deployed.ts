import { ACCOUNT, onlyResource, REGION, type ResourceJson, type TemplateJson } from './synth';
import { resolve } from '../../packages/local-aws/src/cloudformation/template/intrinsics';

export const STACK_ID = `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/Stack/5f0e7a60-7c1d-11f0-8a3b-0a1b2c3d4e5f`;

const PSEUDO_PARAMETERS: Record<string, string> = {
  'AWS::AccountId': ACCOUNT,
  'AWS::Partition': 'aws',
  'AWS::Region': REGION,
  'AWS::StackId': STACK_ID,
  'AWS::StackName': 'Stack',
  'AWS::URLSuffix': 'amazonaws.com',
};

/** The part of an ARN before the resource name, by resource type. */
const ARN_BEGINNINGS: Record<string, string> = {
  'AWS::Events::EventBus': `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/`,
  'AWS::Events::Rule': `arn:aws:events:${REGION}:${ACCOUNT}:rule/`,
  'AWS::HealthLake::FHIRDatastore': `arn:aws:healthlake:${REGION}:${ACCOUNT}:datastore/fhir/`,
  'AWS::IAM::Role': `arn:aws:iam::${ACCOUNT}:role/`,
  'AWS::KMS::Key': `arn:aws:kms:${REGION}:${ACCOUNT}:key/`,
  'AWS::Lambda::Function': `arn:aws:lambda:${REGION}:${ACCOUNT}:function:`,
  'AWS::Logs::LogGroup': `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:`,
  'AWS::S3::Bucket': 'arn:aws:s3:::',
  'AWS::SNS::Topic': `arn:aws:sns:${REGION}:${ACCOUNT}:`,
  'AWS::SQS::Queue': `arn:aws:sqs:${REGION}:${ACCOUNT}:`,
  'AWS::StepFunctions::StateMachine': `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:`,
};

/** The resource types whose `Ref` returns the ARN. */
const REF_IS_ARN = ['AWS::SNS::Topic', 'AWS::StepFunctions::StateMachine'];

/** A template whose intrinsic functions are resolved as in a deployed stack. The physical name of a resource is its logical id in lower case. */
export class Deployed {
  public readonly template: TemplateJson;

  constructor(private readonly source: TemplateJson) {
    // Leaves out the template section `Rules`, which CloudFormation evaluates before a deployment.
    this.template = { Resources: this.resolve(source.Resources) as TemplateJson['Resources'] };
  }

  /** Resolves the intrinsic functions in a value of the template. */
  public resolve(value: unknown): unknown {
    return resolve(value, {
      ref: (name) => this.ref(name),
      getAtt: (logicalId, attribute) => attribute === 'Arn' ? this.arn(logicalId) : `${logicalId}.${attribute}`,
      condition: () => false,
      findInMap: (map, key, second) => `${map}.${key}.${second}`,
      importValue: (name) => name,
      getStackOutput: ({ OutputName }) => OutputName,
      availabilityZones: (region) => [`${region}a`, `${region}b`],
    });
  }

  /** Returns the logical id of the only role whose id matches. */
  public roleId(idPattern: RegExp): string {
    return onlyResource(this.template, 'AWS::IAM::Role', idPattern).logicalId;
  }

  /** Returns the ARN of the only resource of a type whose id matches. */
  public arnOf(type: string, idPattern?: RegExp): string {
    return this.arn(onlyResource(this.template, type, idPattern).logicalId);
  }

  public arn(logicalId: string): string {
    const { Type } = this.resource(logicalId);
    if (!ARN_BEGINNINGS[Type]) {
      throw new Error(`the test helper knows no ARN of ${Type} (${logicalId})`);
    }
    return `${ARN_BEGINNINGS[Type]}${logicalId.toLowerCase()}`;
  }

  /** Returns a resource with its intrinsic functions resolved. */
  public resource(logicalId: string): ResourceJson {
    const resource = (this.template ?? this.source).Resources[logicalId];
    if (!resource) {
      throw new Error(`the template has no resource ${logicalId}`);
    }
    return resource;
  }

  private ref(name: string): string {
    if (name in PSEUDO_PARAMETERS) {
      return PSEUDO_PARAMETERS[name];
    }
    const type = this.source.Resources[name]?.Type;
    return REF_IS_ARN.includes(type) ? this.arn(name) : name.toLowerCase();
  }
}
