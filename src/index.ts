export * from './completion';
export * from './error-tolerance';
export * from './fhir-import';
export * from './fhir-import-provider';
export * from './fhir-source';
export * from './fhir-storage';
export * from './import-quotas';
export * from './validation-level';
