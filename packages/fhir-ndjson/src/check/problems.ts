/** The severity of a problem. `rejected`: as far as is known, HealthLake will reject the line, or the job will fail. No severity means accepted. */
export type Severity = 'rejected' | 'warning' | 'info';

interface Problem {
  readonly severity: Severity;
  /** The problem, as part of a sentence and without values. */
  readonly text: string;
  /** The way to mend it, as part of a sentence and without values. */
  readonly remedy: string;
}

const CONVERT = 'convert the file into one resource on each line';

/** All problems that a check finds, in the order in which problems of the same severity and count are listed. */
export const PROBLEMS = {
  'no-files': { severity: 'rejected', text: 'no .ndjson file has content', remedy: 'give each input file a name that ends in .ndjson, in lower case' },
  'byte-order-mark': { severity: 'rejected', text: 'a byte order mark precedes the line', remedy: 'save the file as UTF-8 without a byte order mark' },
  'invalid-utf8': { severity: 'rejected', text: 'the line is not UTF-8', remedy: 'save the file as UTF-8' },
  'pretty-printed': { severity: 'rejected', text: 'a resource extends over several lines', remedy: CONVERT },
  'array': { severity: 'rejected', text: 'the resources are in a JSON array', remedy: CONVERT },
  'blank-line': { severity: 'rejected', text: 'the line is blank', remedy: 'remove blank lines' },
  'not-json': { severity: 'rejected', text: 'the line is not JSON', remedy: 'correct the line, or write the file again if it was cut off' },
  'not-an-object': { severity: 'rejected', text: 'the line is not a JSON object', remedy: 'write one resource on each line' },
  'no-resource-type': { severity: 'rejected', text: 'the resource has no resourceType', remedy: 'add a resourceType' },
  'unsupported-type': {
    severity: 'rejected', text: 'HealthLake doesn\'t support the resource type', remedy: 'remove the resource, or map it to a supported type of FHIR R4',
  },
  'no-id': { severity: 'rejected', text: 'the resource has no id', remedy: 'add an id' },
  'illegal-id': {
    severity: 'rejected', text: 'the id is not legal', remedy: 'use 1 to 64 letters, digits, hyphens and periods, and change the references to the id too',
  },
  'bundle': {
    severity: 'warning',
    text: 'HealthLake stores the Bundle as one resource, and doesn\'t import its entries',
    remedy: 'convert Bundles into the resources of their entries',
  },
  'repeated-id': { severity: 'warning', text: 'two resources have the same type and id, and only one of them will be the current version', remedy: 'keep only the newest one' },
  'line-too-long': {
    severity: 'warning', text: 'the line is longer than 5 MiB and was not checked', remedy: 'check that HealthLake imports a resource of this size',
  },
  'ignored-file': { severity: 'warning', text: 'HealthLake ignores the file, because its name doesn\'t end in .ndjson', remedy: 'rename the file, or leave it out' },
  'empty-file': { severity: 'warning', text: 'the file is empty', remedy: 'leave the file out, or write it again' },
  'conditional-reference': {
    severity: 'warning', text: 'a reference is conditional, and an import may not resolve it', remedy: 'write the type and id of the target',
  },
  'urn-reference': { severity: 'warning', text: 'a reference names its target by a URN, which has no meaning outside a Bundle', remedy: 'write the type and id of the target' },
  'missing-target': {
    severity: 'info', text: 'the target of a reference is not in the data set', remedy: 'add the target, unless the data store already has it',
  },
} as const satisfies Record<string, Problem>;

export type ProblemCode = keyof typeof PROBLEMS;
