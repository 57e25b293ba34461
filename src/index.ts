export * from './import/completion';
export * from './import/error-tolerance';
export * from './import/fhir-import';
export * from './import/fhir-import-provider';
export * from './import/fhir-source';
export * from './storage/fhir-storage';
export * from './import/import-quotas';
export * from './import/fhir-import-props';
