import { join } from 'node:path';
import type { CloudFormationClient, StackEvent } from '@aws-sdk/client-cloudformation';
import type { Cdk } from './cdk';
import { eventsAfter, findStack, type STACKS, TAG } from './stacks';

/** The result of a deployment. */
export interface Deployment {
  readonly succeeded: boolean;
  /** The stack events of this deployment, oldest first. */
  readonly events: readonly StackEvent[];
}

/** Deploys the quickstart with the CDK CLI. */
export class Quickstart {
  private readonly assembly: string;

  public constructor(private readonly cdk: Cdk, private readonly cloudformation: CloudFormationClient, folder: string) {
    this.assembly = join(folder, 'cdk.out');
  }

  public async synth(): Promise<void> {
    if (!await this.cdk.run('synth', '--quiet', '--output', this.assembly)) {
      throw new Error('the quickstart could not be synthesized; see the output above');
    }
  }

  public async deployData(): Promise<Deployment> {
    return this.deploy('Data');
  }

  public async deployImport(revision: string): Promise<Deployment> {
    return this.deploy('Import', '--parameters', `Import:Revision=${revision}`);
  }

  private async deploy(name: typeof STACKS[number], ...args: string[]): Promise<Deployment> {
    const before = await findStack(this.cloudformation, name);
    const last = before && (await eventsAfter(this.cloudformation, before.StackId!)).at(-1);
    const succeeded = await this.cdk.run('deploy', name, '--exclusively', '--app', this.assembly, '--require-approval', 'never',
      '--tags', `${TAG.Key}=${TAG.Value}`, ...args);
    const after = await findStack(this.cloudformation, name);
    return { succeeded, events: after ? await eventsAfter(this.cloudformation, after.StackId!, last) : [] };
  }
}
