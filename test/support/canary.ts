/** Stands for patient data. Tests put it into resources, ids, file names and messages, and check that nothing outside the buckets shows it. */
export const CANARY = 'Quillfeather';
