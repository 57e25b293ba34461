import { decideGuard, type ExistingDatastore, type GuardFacts, replacementsOf, type WantedDatastore } from '../../../../lambda/datastore/replacement-guard/decision';
import { DATASTORE, sdkError } from '../../harness';

const KEY = 'arn:aws:kms:eu-west-1:123456789012:key/0f8fad5b-d9cb-469f-a165-70867728950e';
const OTHER_KEY = 'arn:aws:kms:eu-west-1:123456789012:key/7c9e6679-7425-40de-944b-e07fc1f90ae7';
const AWS_OWNED: ExistingDatastore = { DatastoreTypeVersion: 'R4', SseConfiguration: { KmsEncryptionConfig: { CmkType: 'AWS_OWNED_KMS_KEY' } } };
const encrypted = (KmsKeyId: string): ExistingDatastore => ({
  DatastoreTypeVersion: 'R4', SseConfiguration: { KmsEncryptionConfig: { CmkType: 'CUSTOMER_MANAGED_KMS_KEY', KmsKeyId } },
});

test.each<[string, ExistingDatastore, Partial<WantedDatastore>, string[]]>([
  ['no key, before and after', AWS_OWNED, {}, []],
  ['no key, and HealthLake shows no encryption', { DatastoreTypeVersion: 'R4' }, {}, []],
  ['no key, and HealthLake shows the id of the AWS owned key', {
    DatastoreTypeVersion: 'R4', SseConfiguration: { KmsEncryptionConfig: { CmkType: 'AWS_OWNED_KMS_KEY', KmsKeyId: OTHER_KEY } },
  }, {}, []],
  ['the same key', encrypted(KEY), { KmsKeyId: KEY }, []],
  ['the same key, and HealthLake shows its id', encrypted(KEY.split('/')[1]), { KmsKeyId: KEY }, []],
  ['another key', encrypted(KEY), { KmsKeyId: OTHER_KEY }, [`its KMS key changes from ${KEY} to ${OTHER_KEY}`]],
  ['a first key', AWS_OWNED, { KmsKeyId: KEY }, [`its KMS key changes from the AWS owned key to ${KEY}`]],
  ['a removed key', encrypted(KEY), {}, [`its KMS key changes from ${KEY} to the AWS owned key`]],
  ['the same preloaded data', { ...AWS_OWNED, PreloadDataConfig: { PreloadDataType: 'SYNTHEA' } }, { PreloadDataType: 'SYNTHEA' }, []],
  ['new preloaded data', AWS_OWNED, { PreloadDataType: 'SYNTHEA' }, ['its preloaded data changes from none to SYNTHEA']],
  ['removed preloaded data', { ...AWS_OWNED, PreloadDataConfig: { PreloadDataType: 'SYNTHEA' } }, {}, ['its preloaded data changes from SYNTHEA to none']],
  ['another FHIR version', AWS_OWNED, { DatastoreTypeVersion: 'R5' }, ['its FHIR version changes from R4 to R5']],
  ['everything', AWS_OWNED, { DatastoreTypeVersion: 'R5', KmsKeyId: KEY, PreloadDataType: 'SYNTHEA' },
    ['its FHIR version changes from R4 to R5', `its KMS key changes from the AWS owned key to ${KEY}`, 'its preloaded data changes from none to SYNTHEA']],
])('names the changes that replace the data store: %s', (_, existing, wanted, changes) => {
  expect(replacementsOf(existing, { DatastoreTypeVersion: 'R4', ...wanted })).toEqual(changes);
});

test.each<[string, string | undefined, string | undefined, string[]]>([
  ['the same form', KEY, KEY, []],
  ['another form of the same key', lastSegment(KEY), KEY, [`the template names its KMS key ${KEY} instead of ${lastSegment(KEY)}`]],
  ['the return to the existing key after a failed change', OTHER_KEY, KEY, []],
  ['a guard that knew no key', undefined, KEY, []],
])('compares the key with the former template: %s', (_, from, to, changes) => {
  const settings = (KmsKeyId?: string) => ({ DatastoreTypeVersion: 'R4', KmsKeyId });
  expect(replacementsOf(encrypted(KEY), settings(to), settings(from))).toEqual(changes);
});

function lastSegment(arn: string): string {
  return arn.split('/')[1];
}

const NONE = { value: [] };
const KEY_CHANGES = { value: ['its KMS key changes from a to b', 'its preloaded data changes from none to SYNTHEA'] };
const REFUSED = { error: sdkError('AccessDeniedException', 'not authorized') };
const DENIED = { error: sdkError('AccessDeniedException', 'with an explicit deny') };
const NOT_ANSWERED = { error: new Error('timeout') };
const FORWARD = { value: 'forward' } as const;
const ROLL_BACK = { value: 'roll-back' } as const;

const REPLACES = `CloudFormation would replace the data store ${DATASTORE} by an empty one, because its KMS key changes from a to b and its preloaded data changes from none to SYNTHEA`;
const ADVICE = 'undo the change, or set allowReplacement: true, which keeps the old data store only if its removal policy is RETAIN';
const NO_DIRECTION = 'CloudFormation does not say whether the stack is rolled back: AccessDeniedException: not authorized';

test.each<[string, Pick<GuardFacts, 'replacements' | 'direction'>, string, string, ...string[]]>([
  ['nothing changes', { replacements: NONE, direction: FORWARD }, 'pass', 'pass'],
  ['nothing changes in a stack without a known direction', { replacements: NONE, direction: REFUSED }, 'pass', 'pass'],
  ['the key changes', { replacements: KEY_CHANGES, direction: FORWARD }, 'fail', 'fail', REPLACES, ADVICE],
  ['the key changes in a roll-back', { replacements: KEY_CHANGES, direction: ROLL_BACK }, 'pass', 'pass'],
  ['the key changes in a stack without a known direction', { replacements: KEY_CHANGES, direction: REFUSED }, 'retry', 'fail', REPLACES, ADVICE, NO_DIRECTION],
  ['the key changes and the direction is denied', { replacements: KEY_CHANGES, direction: DENIED }, 'fail', 'fail'],
  ['HealthLake refuses to describe the data store', { replacements: REFUSED, direction: FORWARD }, 'retry', 'fail',
    'it is not known whether CloudFormation would replace the data store: AccessDeniedException: not authorized', 'the data store is unchanged; correct the problem and deploy again'],
  ['HealthLake does not answer', { replacements: NOT_ANSWERED, direction: FORWARD }, 'retry', 'fail'],
  ['a policy denies the description of the data store', { replacements: DENIED, direction: FORWARD }, 'fail', 'fail'],
  ['a policy denies the description of the data store in a roll-back', { replacements: DENIED, direction: ROLL_BACK }, 'pass', 'pass'],
  ['a policy denies the description of the data store in a stack without a known direction', { replacements: DENIED, direction: REFUSED }, 'retry', 'fail'],
])('%s', (_, facts, early, late, ...why) => {
  const decide = (isLate: boolean) => decideGuard({ ...facts, datastoreId: DATASTORE, isLate, own: [] });
  expect(decide(false).kind).toBe(early);
  expect(decide(true)).toMatchObject({ kind: late, ...(why.length > 0 && { why }) });
});
