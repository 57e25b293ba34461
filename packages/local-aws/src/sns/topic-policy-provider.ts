import type { Access } from './access';
import type { Topics } from './topics';
import type { ResourceDelete, ResourceProvider, ResourceRequest, ResourceResult, ResourceUpdate } from '../contract';
import { checkResourcePolicy } from '../iam/policies/policy-checks';
import { physicalName } from '../physical-name';

interface TopicPolicyProperties {
  readonly Topics: readonly string[];
  readonly PolicyDocument: unknown;
}

const MAX_ID_LENGTH = 256;

/** Plays AWS::SNS::TopicPolicy: it takes the place of the topics' default policy. */
export class TopicPolicyProvider implements ResourceProvider {
  public constructor(private readonly topics: Topics, private readonly access: Access) {}

  public async create(request: ResourceRequest): Promise<ResourceResult> {
    await this.put(request);
    return { physicalId: physicalName(request.stackName, request.logicalId, MAX_ID_LENGTH) };
  }

  public async update(request: ResourceUpdate): Promise<ResourceResult> {
    const { physicalId, properties, oldProperties, caller } = request;
    await this.put(request);
    const kept = (properties as TopicPolicyProperties).Topics;
    await this.reset(caller, (oldProperties as TopicPolicyProperties).Topics.filter((arn) => !kept.includes(arn)));
    return { physicalId };
  }

  public async delete({ properties, caller }: ResourceDelete): Promise<void> {
    await this.reset(caller, (properties as TopicPolicyProperties).Topics);
  }

  private async put({ properties, caller }: ResourceRequest): Promise<void> {
    const { Topics: arns, PolicyDocument } = properties as TopicPolicyProperties;
    await checkResourcePolicy(PolicyDocument);
    for (const arn of arns) {
      const topic = this.topics.get(arn);
      await this.access.onTopic({ caller }, 'sns:SetTopicAttributes', topic);
      topic.policy = PolicyDocument;
    }
  }

  private async reset(caller: ResourceRequest['caller'], arns: readonly string[]): Promise<void> {
    for (const arn of arns) {
      const topic = this.topics.find(arn);
      if (!topic) {
        continue;
      }
      await this.access.onTopic({ caller }, 'sns:SetTopicAttributes', topic);
      topic.policy = this.topics.defaultPolicy(arn);
    }
  }
}
