import { STACK, type Synthesized } from './template';
import type { World } from './world';
import { CloudFormationWire } from '../../../packages/local-aws/src/cloudformation/api/wire';
import type { Stack } from '../../../packages/local-aws/src/cloudformation/stacks/stack';
import type { StackStatus } from '../../../packages/local-aws/src/cloudformation/stacks/status';

/** The statuses in which CloudFormation allows only the deletion of a stack. */
const FAILED_CREATION: readonly StackStatus[] = ['ROLLBACK_COMPLETE', 'ROLLBACK_FAILED', 'DELETE_FAILED'];

/** Sends the requests that the CDK CLI would send to CloudFormation, as the administrator. */
export class Deployer {
  public constructor(private readonly world: World) {}

  /** The stack, or undefined if it doesn't exist. */
  public get stack(): Stack | undefined {
    return this.world.aws.cloudformation.stacks.find(STACK);
  }

  public get mustBeDeletedFirst(): boolean {
    return this.stack !== undefined && FAILED_CREATION.includes(this.stack.status);
  }

  public async create({ template }: Synthesized, disableRollback: boolean): Promise<void> {
    await this.send('CreateStack', { TemplateBody: template, DisableRollback: String(disableRollback) });
  }

  /** Updates the stack. Returns false if the template has no changes. */
  public async update({ template }: Synthesized, disableRollback: boolean): Promise<boolean> {
    try {
      await this.send('UpdateStack', { TemplateBody: template, DisableRollback: String(disableRollback) });
      return true;
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('No updates')) {
        return false;
      }
      throw error;
    }
  }

  public async delete(): Promise<void> {
    await this.send('DeleteStack');
  }

  public async rollBack(): Promise<void> {
    await this.send('RollbackStack');
  }

  public async continueRollback(): Promise<void> {
    await this.send('ContinueUpdateRollback');
  }

  private async send(action: string, parameters: Record<string, string> = {}): Promise<void> {
    const { cloudformation, region, iam } = this.world.aws;
    const body = new URLSearchParams({ 'Action': action, 'StackName': STACK, 'Capabilities.member.1': 'CAPABILITY_IAM', ...parameters });
    await new CloudFormationWire(cloudformation).handle({
      service: 'cloudformation',
      region,
      method: 'POST',
      path: '/',
      query: new URLSearchParams(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: Buffer.from(body.toString()),
      caller: iam.admin,
    });
  }
}
