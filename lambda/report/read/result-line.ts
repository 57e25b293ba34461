/** A parsed line of a results file. Its texts may be patient data and must not be shown. */
export interface ResultLine {
  /** The line number in the input file that HealthLake reports for the resource. */
  readonly lineId?: number;
  readonly resourceType?: string;
  readonly resourceId?: string;
  readonly issues: readonly Issue[];
}

export interface Issue {
  readonly code?: string;
  /** The diagnostics of the issue, which may quote the resource. */
  readonly text?: string;
}

/** The codes that this library gives to result lines from which it can't read an issue. They differ from all issue types of FHIR. */
export const LINE_NOT_JSON = 'line-not-json';
export const LINE_WITHOUT_RESPONSE = 'line-without-response';
export const LINE_WITHOUT_ISSUE = 'line-without-issue';
export const LINE_TOO_LONG = 'line-too-long';

/** The severities of issues that make HealthLake reject a resource. */
const ERRORS = new Set<unknown>(['fatal', 'error']);

/** Matches the developer guide's example of a result line, which is not valid JSON: a name has no quotes, and a closing brace is missing. */
const GUIDE_EXAMPLE = /^(\s*\{\s*"lineId"\s*:\s*\d+\s*,\s*)UpdateResourceResponse(\s*:.*)$/s;

/** Parses a line of a results file. Never throws. */
export function readResultLine(text: string): ResultLine {
  const line = parseObject(text) ?? parseObject(text.replace(GUIDE_EXAMPLE, '$1"UpdateResourceResponse"$2}'));
  if (!line) {
    return { issues: [{ code: LINE_NOT_JSON }] };
  }
  const { lineId, resourceType, resourceId, UpdateResourceResponse: response } = line;
  return {
    lineId: typeof lineId === 'number' ? lineId : undefined, resourceType: stringOf(resourceType), resourceId: stringOf(resourceId), issues: issuesOf(response),
  };
}

/** Parses a JSON object. Returns undefined for any other text. */
export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Returns the errors in a response. If there are none, returns all its issues. For example, a resource that was imported with warnings has no errors. */
function issuesOf(response: unknown): readonly Issue[] {
  if (!isObject(response)) {
    return [{ code: LINE_WITHOUT_RESPONSE }];
  }
  const blob = response.jsonBlob;
  const issues = isObject(blob) && blob.resourceType === 'OperationOutcome' && Array.isArray(blob.issue) ? blob.issue.filter(isObject) : [];
  if (issues.length === 0) {
    return [{ code: LINE_WITHOUT_ISSUE }];
  }
  const errors = issues.filter(({ severity }) => ERRORS.has(severity));
  return (errors.length > 0 ? errors : issues).map(readIssue);
}

function readIssue({ code, diagnostics, details }: Record<string, unknown>): Issue {
  return { code: stringOf(code), text: stringOf(diagnostics ?? (isObject(details) ? details.text : undefined)) };
}

function stringOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
