/**
 * How strictly HealthLake validates the resources of an import.
 *
 * @see https://docs.aws.amazon.com/healthlake/latest/APIReference/API_StartFHIRImportJob.html
 */
export enum ValidationLevel {
  /** Against the profiles that the resource names in `meta.profile`, or against R4 if it names none. */
  STRICT = 'strict',

  /** Against R4, ignoring profiles. */
  STRUCTURE_ONLY = 'structure-only',

  /** Ignoring some R4 rules: resources that fail what search needs are stored with a warning. */
  MINIMAL = 'minimal',
}
