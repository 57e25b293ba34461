import type { Output } from './outputs';
import type { Stack } from './stack';
import type { StackOutputReference } from '../template/intrinsics';
import { TemplateError } from '../template/template';

/** All stacks of the account, including deleted ones. */
export class Stacks {
  private readonly stacks: Stack[] = [];

  public constructor(private readonly region: string) {}

  public add(stack: Stack): void {
    this.stacks.push(stack);
  }

  public all(): readonly Stack[] {
    return this.stacks;
  }

  /** Returns the stacks that are not deleted. */
  public live(): Stack[] {
    return this.stacks.filter((stack) => stack.status !== 'DELETE_COMPLETE');
  }

  /** Finds a stack by name or id. A deleted stack is found only by id. */
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

  /** Throws if the outputs change or remove an export that another stack imports, or repeat an export name of another stack. */
  public refuseExportConflicts(stack: Stack, outputs: readonly Output[]): void {
    for (const { exportName, value } of stack.outputs) {
      const importers = this.importersOf(exportName);
      const next = outputs.find((output) => output.exportName === exportName);
      if (importers.length > 0 && next?.value !== value) {
        throw new TemplateError(`Export ${exportName} cannot be ${next ? 'updated' : 'deleted'} as it is in use by ${listed(importers)}`);
      }
    }
    for (const { exportName } of outputs) {
      const exporter = exportName && this.live().find((other) => other !== stack && other.outputs.some((output) => output.exportName === exportName));
      if (exporter) {
        throw new TemplateError(`Export with name ${exportName} is already exported by stack ${exporter.name}`);
      }
    }
  }

  /** Returns an error message if another stack imports an export of this stack, which then can't be deleted; otherwise undefined. */
  public deletionRefusal(stack: Stack): string | undefined {
    const used = stack.outputs.find(({ exportName }) => this.importersOf(exportName).length > 0);
    return used && `Delete canceled. Cannot delete export ${used.exportName} as it is in use by ${listed(this.importersOf(used.exportName))}.`;
  }

  public outputValue({ StackName, OutputName, Region }: StackOutputReference): string | undefined {
    if (Region !== undefined && Region !== this.region) {
      return undefined;
    }
    return this.find(StackName)?.outputs.find((output) => output.key === OutputName)?.value;
  }
  private importersOf(exportName: string | undefined): string[] {
    return exportName === undefined ? [] : this.live().filter((stack) => stack.imports.has(exportName)).map((stack) => stack.name);
  }
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}
