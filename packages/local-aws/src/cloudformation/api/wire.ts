import { ACTIONS } from './actions';
import { answerResponse } from './answer';
import { callerOf } from '../../../../local-healthlake/src/service';
import type { CloudFormation } from '../cloudformation';
import { QueryInput } from './query-input';
import { ServiceError, type WireRequest, type WireResponse, type WireService } from '../../contract';

/**
 * Stands for the id of a stack that isn't there yet, and for those of all stacks: a wildcard in the resource of a request
 * can't be judged.
 */
const NO_ID = '00000000-0000-0000-0000-000000000000';

/** CloudFormation's API, as far as it is played. */
export class CloudFormationWire implements WireService {
  public constructor(private readonly cloudFormation: CloudFormation) {}

  public async handle(request: WireRequest): Promise<WireResponse> {
    const input = new QueryInput(request);
    const action = input.text('Action') ?? '';
    const play = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
    if (!play) {
      throw new ServiceError('InvalidAction', `the local AWS does not play CloudFormation ${action}`);
    }
    const caller = callerOf(request);
    await this.cloudFormation.ports.authorizer.authorize({ caller, action: `cloudformation:${action}`, resource: this.resourceOf(input) });
    return answerResponse(action, await play(this.cloudFormation, input, caller));
  }

  /** What an action is authorized on: the stack, or one that no policy can name by its id. */
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
