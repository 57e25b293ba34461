import { Annotations } from 'aws-cdk-lib';
import { EXPORT } from './kind';
import { IMPORT } from '../../import/private/kind';
import type { ImportInTree } from '../../import/private/tree-checks';
import { checkWhenFinished, isSameDatastore, isWaitedFor, type JobInTree, jobsInTree } from '../../jobs/private/checks/tree';
import { isDeployedAfter } from '../../private/deployment-order';

/** Adds the checks of an export. */
export function checkExportWhenFinished(item: JobInTree): void {
  const imports = () => jobsInTree<ImportInTree>(IMPORT, item.construct);
  checkWhenFinished(EXPORT, item, (earlier) => {
    warnOfNestedOutput(item, earlier);
    warnOfOutputAsInput(item, imports());
    if (!item.isScheduled) {
      warnOfImportBeside(item, imports());
    }
  }, () => imports().map(({ first }) => first));
}

/** Warns if the output of an export is inside the output of another export. */
function warnOfNestedOutput(item: JobInTree, earlier: readonly JobInTree[]): void {
  const pairs = earlier.flatMap((other) => [[item, other], [other, item]]);
  const [inner, outer] = pairs.find(([a, b]) => b.outputS3Uri !== undefined && a.outputS3Uri?.startsWith(b.outputS3Uri)) ?? [];
  if (inner && outer) {
    Annotations.of(item.construct).addWarningV2('cdk-healthlake-import:nested-output',
      `the output of the export "${inner.construct.node.path}" is inside the output of "${outer.construct.node.path}", so a job of one can be taken for a job of the other; `
      + 'give them different folders');
  }
}

/** Warns if an import would read the output of the export. */
function warnOfOutputAsInput({ construct, outputS3Uri }: JobInTree, imports: readonly ImportInTree[]): void {
  const reader = imports.find(({ inputS3Uri }) => inputS3Uri !== undefined && outputS3Uri?.startsWith(inputS3Uri));
  if (reader) {
    Annotations.of(construct).addWarningV2('cdk-healthlake-import:results-as-input',
      `the output of the export "${construct.node.path}" is inside the input of "${reader.construct.node.path}", which would import it; `
      + 'give them different folders');
  }
}

/** Warns of an import into the same data store that can run at the same time as the export. */
function warnOfImportBeside(item: JobInTree, imports: readonly ImportInTree[]): void {
  const beside = imports.find((other) => isSameDatastore(item, other) && !isDoneBefore(item, other) && !isDoneBefore(other, item));
  if (beside) {
    Annotations.of(item.construct).addWarningV2('cdk-healthlake-import:export-beside-import',
      `the export "${item.construct.node.path}" and the import "${beside.construct.node.path}" use one data store and can run at the same time, `
      + 'so the copy may have a part of the import; order them with executeAfter(), and let the deployment wait for the first of them');
  }
}

/** Returns whether the job of `before` has ended when the job of `after` starts. */
function isDoneBefore(before: JobInTree, after: JobInTree): boolean {
  return isWaitedFor(before) && isDeployedAfter(after.first, before.last);
}
