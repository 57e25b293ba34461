import type { Stack } from './stack';
import type { StackOutputReference } from '../template/intrinsics';
import { TemplateError } from '../template/template-error';

/** All stacks of the account, deleted ones included. */
export class Stacks {
  private readonly stacks: Stack[] = [];

  public constructor(private readonly region: string) {}

  public add(stack: Stack): void {
    this.stacks.push(stack);
  }

  public all(): readonly Stack[] {
    return this.stacks;
  }

  /** Those that are not deleted. */
  public live(): Stack[] {
    return this.stacks.filter((stack) => stack.status !== 'DELETE_COMPLETE');
  }

  /** A deleted stack is found by its id only. */
  public find(nameOrId: string): Stack | undefined {
    return this.stacks.find((stack) => stack.id === nameOrId) ?? this.live().find((stack) => stack.name === nameOrId);
  }

  public get(nameOrId: string): Stack {
    const stack = this.find(nameOrId);
    if (!stack) {
      throw new TemplateError(`Stack with id ${nameOrId} does not exist`);
    }
    return stack;
  }

  public exportValue(exportName: string): string | undefined {
    return this.live().flatMap((stack) => stack.outputs).find((output) => output.exportName === exportName)?.value;
  }

  public importersOf(exportName: string): string[] {
    return this.live().filter((stack) => stack.imports.has(exportName)).map((stack) => stack.name);
  }

  public exporterOf(exportName: string, besides: Stack): string | undefined {
    return this.live().find((stack) => stack !== besides && stack.outputs.some((output) => output.exportName === exportName))?.name;
  }

  public outputValue({ StackName, OutputName, Region }: StackOutputReference): string | undefined {
    if (Region !== undefined && Region !== this.region) {
      return undefined;
    }
    return this.find(StackName)?.outputs.find((output) => output.key === OutputName)?.value;
  }
}
