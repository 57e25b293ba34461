import { Annotations } from 'aws-cdk-lib';
import { IMPORT } from './kind';
import {
  checkWhenFinished, isOrdered, isSameDatastore, isSameEnvironment, isSameStage, isWaitedFor, type JobInTree,
} from '../../jobs/private/checks/tree';

/** The parts of an import that the checks of the finished tree read. */
export interface ImportInTree extends JobInTree {
  /** The S3 URI of the input. Undefined if another copy of this library, of an older version, created the import. */
  readonly inputS3Uri?: string;
}

/** Adds the checks of an import. */
export function checkImportWhenFinished(item: ImportInTree): void {
  checkWhenFinished(IMPORT, item, (earlier: readonly ImportInTree[]) => {
    warnOfResultsAsInput(item, earlier);
    warnOfOtherStage(item, earlier);
    warnOfSharedQueue(item, earlier);
  });
}

/** Warns if one import would read the results of another import. */
function warnOfResultsAsInput(item: ImportInTree, earlier: readonly ImportInTree[]): void {
  const pairs = earlier.flatMap((other) => [[item, other], [other, item]]);
  const [reader, writer] = pairs.find(([{ inputS3Uri }, { outputS3Uri }]) => inputS3Uri !== undefined && outputS3Uri?.startsWith(inputS3Uri)) ?? [];
  if (reader && writer) {
    Annotations.of(item.construct).addWarningV2('cdk-healthlake-import:results-as-input',
      `the results of the import "${writer.construct.node.path}" are inside the input of "${reader.construct.node.path}", which would import them; `
      + 'give them different folders');
  }
}

/** Warns of an import in another stage into the same data store, because stages can't depend on each other. */
function warnOfOtherStage(item: ImportInTree, earlier: readonly ImportInTree[]): void {
  const other = earlier.find((candidate) => !isSameStage(item.construct, candidate.construct) && isSameDatastore(item, candidate));
  if (other) {
    Annotations.of(item.construct).addWarningV2('cdk-healthlake-import:other-stage',
      `the imports "${item.construct.node.path}" and "${other.construct.node.path}" go into one data store and are in different stages, which have no order; `
      + 'deploy one stage after the other, or give each stage a data store of its own');
  }
}

/** Warns of unordered imports into different data stores that share HealthLake's queue, if a deployment waits for one of them. */
function warnOfSharedQueue(item: ImportInTree, earlier: readonly ImportInTree[]): void {
  const unordered = earlier.find((other) => isSameStage(item.construct, other.construct) && isSameEnvironment(item, other)
    && !isSameDatastore(item, other) && (isWaitedFor(item) || isWaitedFor(other)) && !isOrdered(item, other));
  if (unordered) {
    Annotations.of(item.construct).addWarningV2('cdk-healthlake-import:shared-queue',
      `the imports "${item.construct.node.path}" and "${unordered.construct.node.path}" go into two data stores without an order between them; `
      + 'HealthLake probably runs one import at a time in an account and Region and the time-out of each includes its wait, '
      + 'so order them with executeAfter(), or give them time-outs that are long enough for both');
  }
}
