import { CfnResource } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import { DependencyGroup, type IConstruct } from 'constructs';

/** The types of the policies that let EventBridge use a target. EventBridge loses an event if such a policy doesn't exist yet. */
const RESOURCE_POLICIES = ['AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy'];
const ROLE_POLICIES = ['AWS::IAM::Policy'];

/** A rule for events of a job. */
export class JobRule extends events.Rule {
  /** The policies that the targets of the rule need. The job waits for them, because CloudFormation can create the rule before the policies. */
  public readonly targetPolicies = new DependencyGroup();

  public override addTarget(target?: events.IRuleTarget): void {
    super.addTarget(target && {
      bind: (rule, id) => {
        const config = target.bind(rule, id);
        this.targetPolicies.add(...resourcesIn(config.targetResource, RESOURCE_POLICIES), ...resourcesIn(config.role, ROLE_POLICIES));
        return config;
      },
    });
  }
}

function resourcesIn(construct: IConstruct | undefined, types: string[]): CfnResource[] {
  return construct?.node.findAll().filter(CfnResource.isCfnResource).filter(({ cfnResourceType }) => types.includes(cfnResourceType)) ?? [];
}
