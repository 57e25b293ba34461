import { type BatchLine, type BatchProblem, firstOfEachPath, type StructureFinding } from './findings';
import type { Issue } from './issues';
import type { StructureCode } from './problems';
import { type Json, ResourceValidator } from './resource-validator';

/** Checks batches of lines. Skips lines that are not JSON objects, because `DataSetCheck` reports them. */
export class BatchCheck {
  private readonly validator = new ResourceValidator();

  public check(lines: readonly BatchLine[]): BatchProblem[] {
    const problems = new Map<StructureCode, { count: number; files: Set<string>; findings: StructureFinding[] }>();
    for (const { file, line, text } of lines) {
      for (const issue of this.issuesOf(text)) {
        const problem = problems.get(issue.code) ?? { count: 0, files: new Set(), findings: [] };
        problems.set(issue.code, problem);
        problem.count += 1;
        problem.files.add(file);
        problem.findings = firstOfEachPath([...problem.findings, { ...issue, place: { file, line } }]);
      }
    }
    return [...problems].map(([code, { count, files, findings }]) => ({ code, count, files: [...files], first: findings }));
  }

  private issuesOf(text: string): Issue[] {
    try {
      return this.validator.check(JSON.parse(text) as Json);
    } catch {
      return [];
    }
  }
}
