import type { Output } from './outputs';
import type { Stack } from './stack';
import type { Engine } from '../operations/engine';
import { TemplateError } from '../template/template-error';

/** Refuses outputs that would take an export away from a stack that uses it, or take another stack's name for one. */
export function refuseExportConflicts(engine: Engine, stack: Stack, outputs: readonly Output[]): void {
  for (const { exportName, value } of stack.outputs) {
    const importers = exportName === undefined ? [] : engine.others.importersOf(exportName);
    const next = outputs.find((output) => output.exportName === exportName);
    if (importers.length === 0 || next?.value === value) {
      continue;
    }
    throw new TemplateError(`Export ${exportName ?? ''} cannot be ${next ? 'updated' : 'deleted'} as it is in use by ${listed(importers)}`);
  }
  for (const { exportName } of outputs) {
    const exporter = exportName === undefined ? undefined : engine.others.exporterOf(exportName, stack);
    if (exporter) {
      throw new TemplateError(`Export with name ${exportName ?? ''} is already exported by stack ${exporter}`);
    }
  }
}

/** Why a stack can't be deleted yet, if another one uses its exports. */
export function deletionRefusal(engine: Engine, stack: Stack): string | undefined {
  for (const { exportName } of stack.outputs) {
    const importers = exportName === undefined ? [] : engine.others.importersOf(exportName);
    if (importers.length > 0) {
      return `Delete canceled. Cannot delete export ${exportName ?? ''} as it is in use by ${listed(importers)}.`;
    }
  }
  return undefined;
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}
