import { Token } from 'aws-cdk-lib';
import { validateJobNamePrefix, validateRequired, validateRevision } from '../../../jobs/private/checks/properties';
import { type FhirImportProps, ValidationLevel } from '../../fhir-import-props';
import { IMPORT } from '../kind';

/** Throws if a required property is missing, if a property has no use, or if HealthLake would reject a value. */
export function validateProperties(props: FhirImportProps): void {
  const { datastore, source }: Partial<FhirImportProps> = props;
  validateRequired(IMPORT, { datastore, source });
  validateJobNamePrefix(props.jobNamePrefix);
  validateRevision(props.revision);
  validateValidationLevel(props.validationLevel);
  if (props.reportRole && props.failureReport === false) {
    throw new Error(`reportRole "${props.reportRole.node.path}" has no use with failureReport: false; leave reportRole or failureReport out`);
  }
}

/** Throws if HealthLake has no such validation level. The compiler doesn't find such a value in JavaScript code or behind a cast. */
function validateValidationLevel(level?: ValidationLevel): void {
  const levels = Object.values(ValidationLevel);
  if (level !== undefined && !Token.isUnresolved(level) && !levels.includes(level)) {
    throw new Error(`validationLevel must be one of ${levels.join(', ')}, got "${level}"; use a member of ValidationLevel`);
  }
}
