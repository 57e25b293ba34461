import { VALIDATOR_TEMPLATES } from './validator-templates';
import { VALUE_TEMPLATES } from './value-templates';

/**
 * The templates of the messages of HealthLake and of the R4 validators. `holes.ts` defines the placeholders, such as `{element}`. The first template that
 * matches a message is used, so a more specific template comes before a more general one.
 */
export const MESSAGE_TEMPLATES: readonly string[] = [
  // Messages of HealthLake: https://docs.aws.amazon.com/healthlake/latest/devguide/troubleshooting.html
  'Missing required id field in resource json',
  'Invalid JSON found in input file',
  '1 validation error detected: Value at \'resourceId\' failed to satisfy constraint: Member must satisfy regular expression pattern: [A-Za-z0-9-.]{1,64}',
  '1 validation error detected: Value \'{value}\' at \'resourceId\' failed to satisfy constraint: Member must satisfy regular expression pattern: [A-Za-z0-9-.]{1,64}',
  '1 validation error detected: Value at \'resourceType\' failed to satisfy constraint: Member must satisfy regular expression pattern: [A-Za-z]{1,256}',
  '1 validation error detected: Value \'{value}\' at \'resourceType\' failed to satisfy constraint: Member must satisfy regular expression pattern: [A-Za-z]{1,256}',
  '2 validation errors detected: Value at \'resourceId\' failed to satisfy constraint: Member must satisfy regular expression pattern: [A-Za-z0-9-.]{1,64}; '
    + 'Value at \'resourceId\' failed to satisfy constraint: Member must have length greater than or equal to 1',
  '1 validation error detected: Value at \'{member}\' failed to satisfy constraint: Member must not be null',
  '1 validation error detected: Value at \'{member}\' failed to satisfy constraint: {rule}',
  '1 validation error detected: Value \'{value}\' at \'{member}\' failed to satisfy constraint: {rule}',
  '{number} validation errors detected: {rule}',
  'Name should be usable as an identifier for the module by machine processing applications such as code generation [{expression}]',

  ...VALIDATOR_TEMPLATES,
  ...VALUE_TEMPLATES,

  // Messages of HAPI FHIR's parser.
  'Failed to parse request body as JSON resource. Error was: {value}',
  'Failed to parse JSON encoded FHIR content: {value}',
  'Content does not appear to be FHIR JSON, first non-whitespace character was: \'{value}\' (must be \'{\')',
  'Invalid JSON content detected, missing required element: \'resourceType\'',
  'Invalid JSON content detected, missing required element: \'{property}\'',
  'Incorrect resource type found, expected "{type}" but found "{type}"',
  'Unknown resource type \'{type}\': {value}',
  'Unknown resource name "{type}" (this name is not known in FHIR version "R4")',
  'Unknown element \'{property}\' found during parse',
  'Unknown attribute \'{property}\' found during parse',
  'Multiple repetitions of non-repeatable element \'{property}\' found during parse',
  'Found incorrect type for element {property} - Expected {value} and found {value}',
  'Invalid attribute value "{value}": {value}',
  '[element="{property}"] Invalid attribute value "{value}": {value}',
  'Invalid date/time format: "{value}"',
  'Invalid date/time string "{value}": {value}',
  'Resource is missing required element \'{property}\' in parent element \'{value}\'',

  // Templates that begin with a placeholder.
  '{element}: minimum required = {number}, but only found {number} (from {profile})',
  '{element}: minimum required = {number}, but only found {number}',
  '{element}: max allowed = {number}, but found {number} (from {profile})',
  '{element}: max allowed = {number}, but found {number}',
  '{element}: Unable to check minimum required ({number}) due to lack of slicing validation (from {profile})',
  '{constraint}: \'{rule}\' [{expression}]',
  '{constraint}: \'{rule}\' Failed',
  '{constraint}: {rule} [{expression}]',
];
