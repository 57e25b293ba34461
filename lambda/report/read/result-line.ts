import { parseJson } from './json';

/** What a line of the results says, before anything of it is known to be showable. */
export interface Outcome {
  /** The line of the input file, as HealthLake counts. */
  readonly lineId?: number;
  readonly resourceType?: string;
  /** One for each reason. */
  readonly issues: readonly Issue[];
}

/** Why. */
export interface Issue {
  readonly code?: string;
  /** The diagnostics: they may quote the resource. */
  readonly text?: string;
}

/** Lines that don't say why: codes of our own, which no issue type of FHIR has. */
export const LINE_NOT_JSON = 'line-not-json';
export const LINE_WITHOUT_RESPONSE = 'line-without-response';
export const LINE_WITHOUT_ISSUE = 'line-without-issue';
export const LINE_TOO_LONG = 'line-too-long';

/** A resource is rejected for issues of these severities. */
const ERRORS = new Set<unknown>(['fatal', 'error']);

/** Matches the developer guide's example, which has a name without quotes and lacks a closing brace. */
const AS_PRINTED = /^(\s*\{\s*"lineId"\s*:\s*\d+\s*,\s*)UpdateResourceResponse(\s*:.*)$/s;

/** Reads a line of the results, which may have any content. */
export function readOutcome(text: string): Outcome {
  const line = parseJson(text) ?? parseJson(text.replace(AS_PRINTED, '$1"UpdateResourceResponse"$2}'));
  if (!isObject(line)) {
    return { issues: [{ code: LINE_NOT_JSON }] };
  }
  const { lineId, resourceType } = line;
  return {
    lineId: typeof lineId === 'number' ? lineId : undefined,
    resourceType: typeof resourceType === 'string' ? resourceType : undefined,
    issues: issuesOf(line.UpdateResourceResponse),
  };
}

/** The errors; of a line without any, such as that of a resource that was imported with warnings, whatever it says. */
function issuesOf(response: unknown): readonly Issue[] {
  if (!isObject(response)) {
    return [{ code: LINE_WITHOUT_RESPONSE }];
  }
  const outcome = response.jsonBlob;
  const issues = isObject(outcome) && outcome.resourceType === 'OperationOutcome' && Array.isArray(outcome.issue) ? outcome.issue.filter(isObject) : [];
  if (issues.length === 0) {
    return [{ code: LINE_WITHOUT_ISSUE }];
  }
  const errors = issues.filter(isError);
  return (errors.length > 0 ? errors : issues).map(readIssue);
}

function isError({ severity }: { readonly severity?: unknown }): boolean {
  return ERRORS.has(severity);
}

function readIssue({ code, diagnostics, details }: { readonly [name in 'code' | 'diagnostics' | 'details']?: unknown }): Issue {
  const text = diagnostics ?? (isObject(details) ? details.text : undefined);
  return { code: typeof code === 'string' ? code : undefined, text: typeof text === 'string' ? text : undefined };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
