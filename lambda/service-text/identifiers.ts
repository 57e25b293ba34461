import { CAPITALIZED, ERROR_CODES, LOWER_CASE, SERVICES } from './vocabulary';

const CODES = new Set(ERROR_CODES);
const KNOWN_SERVICES = new Set(SERVICES);

/** The words that occur in AWS identifiers, such as `list` and `jobs` in `ListFHIRImportJobs`. */
const PARTS = new Set([...LOWER_CASE, ...CAPITALIZED].map((word) => word.toLowerCase()));

const ACTION = /^([a-z0-9]+):([A-Za-z]{1,80}\*?)$/;
const NAMED_ERROR = /^[A-Za-z]{1,80}(?:Exception|Error|Fault)$/;
const SPECIFIC_ERROR = /^(?:KMS|Runtime|Sandbox|States|Lambda|Function)\.([A-Za-z]{1,80})$/;
const ENDPOINT = /^([a-z0-9]+)(?:\.[a-z]{2}(?:-[a-z]{3,4})?-(?:north|south|east|west|central|(?:north|south)(?:east|west))-\d)?\.amazonaws\.com(?:\.cn)?$/;
const REGION = /^(?:af|ap|ca|cn|eu|il|me|mx|sa|us)(?:-gov)?-(?:north|south|east|west|central|(?:north|south)(?:east|west))-\d$/;

/** Returns whether a name can be an error code of AWS, Node.js or JavaScript. */
export function isErrorCode(name: string): boolean {
  const specific = SPECIFIC_ERROR.exec(name)?.[1];
  return CODES.has(name) || (specific !== undefined && isMadeOfWords(specific)) || (NAMED_ERROR.test(name) && isMadeOfWords(name));
}

/** Returns whether a text is an action such as `s3:GetObject`, the endpoint of a service, or a Region. */
export function isAwsName(text: string): boolean {
  const [, service = '', name = ''] = ACTION.exec(text) ?? [];
  return REGION.test(text) || KNOWN_SERVICES.has(ENDPOINT.exec(text)?.[1] ?? '')
    || (KNOWN_SERVICES.has(service) && isMadeOfWords(name.replace('*', '')));
}

/** Returns whether a name consists of words in `PARTS`. For example, `ListFHIRImportJobs` consists of List, FHIR, Import and Jobs. */
function isMadeOfWords(name: string): boolean {
  const parts = name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g) ?? [];
  return parts.length > 0 && parts.every((part) => PARTS.has(part.toLowerCase()));
}
