import { copyOf } from '../check/findings';
import type { Place } from '../check/result';

/** `error`: the data can't be converted and is left out. `warning`: the result may differ from what the user wants. `info`: no data is lost. */
export type ChangeSeverity = 'error' | 'warning' | 'info';

interface ChangeKind {
  readonly severity: ChangeSeverity;
  readonly text: string;
  readonly remedy: string;
}

const NONE_NEEDED = 'nothing needs to be done';

/** Everything that a conversion reports. */
export const CHANGES = {
  'not-json': {
    severity: 'error', text: 'the text is not valid JSON', remedy: 'correct the line, or export the data again if the file is cut off',
  },
  'invalid-utf8': {
    severity: 'error', text: 'the line is not UTF-8', remedy: 'convert the file to UTF-8, or name it .gz if it is compressed',
  },
  'too-large': {
    severity: 'error',
    text: 'a resource or Bundle is larger than 256 MiB, or a .gz file unpacks to more than 1 GiB',
    remedy: 'split the Bundle, or unpack the file',
  },
  'not-gzip': {
    severity: 'error', text: 'the name ends in .gz, but the file can\'t be unpacked', remedy: 'compress the file again, or remove .gz from its name',
  },
  'not-an-object': {
    severity: 'error', text: 'an element of an array is not an object', remedy: 'write FHIR resources into the array',
  },
  'no-resource-type': {
    severity: 'error', text: 'the object has no resourceType', remedy: 'remove the file if it has no FHIR resource',
  },
  'unsupported-type': {
    severity: 'error', text: 'HealthLake doesn\'t support the resource type', remedy: 'remove the resource',
  },
  'illegal-id': {
    severity: 'error', text: 'the id is not legal', remedy: 'use 1 to 64 letters, digits, hyphens and periods, and change the references to the id too',
  },
  'unsupported-bundle': {
    severity: 'error',
    text: 'the Bundle is not of the type collection, transaction, batch or searchset',
    remedy: 'to import the resources of its entries, change the type to collection; to store the Bundle as one resource, don\'t convert it',
  },
  'nested-bundle': {
    severity: 'error', text: 'the Bundle is inside more than 100 other Bundles', remedy: 'move it out of them',
  },
  'delete-request': {
    severity: 'warning', text: 'an entry is a DELETE request, which an import can\'t execute', remedy: 'delete the resource from the data store',
  },
  'no-resource': {
    severity: 'warning', text: 'an entry has no resource to create or update', remedy: 'check that the entry should import nothing',
  },
  'no-resources': {
    severity: 'warning', text: 'the file or Bundle is empty', remedy: 'check that the export has completed',
  },
  'id-from-content': {
    severity: 'warning',
    text: 'the resource has no id, and gets a hash of its content as its id',
    remedy: 'give it an id if its content will change, because the hash changes with the content',
  },
  'repeat-differs': {
    severity: 'warning',
    text: 'the resource is left out, because another one with the same type and id, but different content, is kept',
    remedy: 'remove one of the two, or give it another id if they are not versions of one resource',
  },
  'ambiguous-url': {
    severity: 'warning', text: 'two resources have the same fullUrl', remedy: 'give each entry its own fullUrl',
  },
  'urn-reference': {
    severity: 'warning',
    text: 'a reference by URN is not changed, because no resource or more than one has the URN',
    remedy: 'add the Bundle that has the resource',
  },
  'conditional-reference': {
    severity: 'warning',
    text: 'a conditional reference is not changed, because it matches no resource or more than one',
    remedy: 'add the resource with this identifier; only searches of the form identifier=system|value are resolved',
  },
  'operation-message': {
    severity: 'info',
    text: 'a message of a server is left out: Parameters or an OperationOutcome without an id, or the outcome of a search',
    remedy: NONE_NEEDED,
  },
  'bundle': { severity: 'info', text: 'a Bundle is unwrapped', remedy: NONE_NEEDED },
  'array': { severity: 'info', text: 'an array is unwrapped', remedy: NONE_NEEDED },
  'pretty-printed': { severity: 'info', text: 'a resource is written on one line of its own', remedy: NONE_NEEDED },
  'byte-order-mark': { severity: 'info', text: 'the byte order mark is removed', remedy: NONE_NEEDED },
  'carriage-return': { severity: 'info', text: 'lines end in a newline instead of CRLF', remedy: NONE_NEEDED },
  'blank-line': { severity: 'info', text: 'a blank line is removed', remedy: NONE_NEEDED },
  'gzip': { severity: 'info', text: 'the file is unpacked', remedy: NONE_NEEDED },
  'id-from-url': { severity: 'info', text: 'the resource gets its id from the fullUrl or request of its entry', remedy: NONE_NEEDED },
  'reference-rewritten': { severity: 'info', text: 'a reference to a fullUrl becomes Type/id', remedy: NONE_NEEDED },
  'conditional-resolved': { severity: 'info', text: 'a conditional reference becomes Type/id', remedy: NONE_NEEDED },
  'repeat': { severity: 'info', text: 'a repeat of a resource with the same content is left out', remedy: NONE_NEEDED },
} as const satisfies Readonly<Record<string, ChangeKind>>;

export type ChangeCode = keyof typeof CHANGES;

/** A place in an input file. For a resource in a Bundle or array, the line is the line where the Bundle or array starts. */
export interface ChangePlace extends Place {
  /** The number of the entry in the Bundle or of the element in the array, from 1. */
  readonly entry?: number;
}

export interface Change {
  readonly code: ChangeCode;
  readonly place: ChangePlace;
  /** The place of the repeat that is kept, or the first line of the text that is not valid. */
  readonly other?: ChangePlace;
  /** The id, type, fullUrl or reference. This may be patient data, so it is shown only on request. */
  readonly value?: string;
}

export interface ChangeSummary {
  readonly code: ChangeCode;
  readonly severity: ChangeSeverity;
  readonly count: number;
  /** The number of files that have a change of this kind. */
  readonly files: number;
  /** The first changes of this kind, at most 10. */
  readonly first: readonly Change[];
}

export type Log = (code: ChangeCode, place: ChangePlace, details?: Pick<Change, 'other' | 'value'>) => void;

const FIRST = 10;
const SEVERITIES: readonly ChangeSeverity[] = ['error', 'warning', 'info'];

/** Counts changes, and keeps the first ones of each kind. */
export class ChangeLog {
  private readonly kinds = new Map<ChangeCode, { count: number; readonly files: Set<string>; readonly first: Change[] }>();

  public readonly add: Log = (code, place, details) => {
    const kind = this.kinds.get(code) ?? { count: 0, files: new Set(), first: [] };
    this.kinds.set(code, kind);
    kind.count += 1;
    kind.files.add(place.file);
    if (kind.first.length < FIRST) {
      kind.first.push({ code, place, ...details, ...(details?.value === undefined ? {} : { value: copyOf(details.value) }) });
    }
  };

  /** Returns a summary for each kind of change, the most severe and most frequent kinds first. */
  public summaries(): ChangeSummary[] {
    return [...this.kinds]
      .map(([code, { count, files, first }]) => ({ code, severity: CHANGES[code].severity, count, files: files.size, first }))
      .sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || b.count - a.count || (a.code < b.code ? -1 : 1));
  }
}
