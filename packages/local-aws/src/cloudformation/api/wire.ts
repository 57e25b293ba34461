import { ACTIONS } from './actions';
import { answerResponse } from './answer';
import { callerOf } from '../../../../local-healthlake/src/service';
import type { CloudFormation } from '../cloudformation';
import { QueryInput } from './query-input';
import { ServiceError, type WireRequest, type WireResponse, type WireService } from '../../contract';

/** The last part of a made-up stack ARN, for requests about a missing stack or about all stacks. The policy engine can't evaluate a wildcard ARN. */
const NO_ID = '00000000-0000-0000-0000-000000000000';

/** Authorizes and performs requests to CloudFormation's HTTP API. */
export class CloudFormationWire implements WireService {
  public constructor(private readonly cloudFormation: CloudFormation) {}

  public async handle(request: WireRequest): Promise<WireResponse> {
    const input = new QueryInput(request);
    const action = input.text('Action') ?? '';
    const perform = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
    if (!perform) {
      throw new ServiceError('InvalidAction', `CloudFormation ${action} isn't emulated by the local AWS`);
    }
    const caller = callerOf(request);
    await this.cloudFormation.ports.authorizer.authorize({ caller, action: `cloudformation:${action}`, resource: this.resourceOf(input) });
    return answerResponse(action, await perform(this.cloudFormation, input, caller));
  }

  /** Returns the stack ARN on which a request is authorized. The ARN is made up if the request names no stack or a missing stack. */
  private resourceOf(input: QueryInput): string {
    const { stacks } = this.cloudFormation;
    const nameOrId = input.text('StackName');
    const changeSet = input.text('ChangeSetName');
    const stack = nameOrId === undefined
      ? stacks.all().find(({ changeSets }) => [...changeSets.values()].some(({ id }) => id === changeSet))
      : stacks.find(nameOrId);
    if (stack) {
      return stack.id;
    }
    return nameOrId?.startsWith('arn:') ? nameOrId : this.cloudFormation.arn(`stack/${nameOrId ?? 'every-stack'}/${NO_ID}`);
  }
}
