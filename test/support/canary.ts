/** A name that stands for patient data. Tests put it into resources, ids, file names and messages, and check that it never appears outside the buckets. */
export const CANARY = 'Quillfeather';
