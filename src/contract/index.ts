/**
 * The contract between the constructs and the Lambda functions: the properties and attributes of the custom resources, and the values on which both sides must
 * agree.
 *
 * CloudFormation turns every scalar into a string, so every scalar is a string here. A stack keeps the properties with which it was deployed, so the functions
 * must read properties that older versions of the library wrote. Names and values never change.
 */

export * from './datastore';
export * from './export';
export * from './import';
export * from './job';
export * from './job-monitor';
export * from './telemetry';
