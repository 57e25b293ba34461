import { declarationOf, refusalOf, type Versions } from '../../../lambda/import/declaration';
import { fingerprintOf } from '../../../lambda/import/fingerprint';
import type { JobPhysicalId } from '../../../lambda/jobs/physical-ids';
import { ALREADY_IMPORTED, type ImportJobProperties, UNKNOWN } from '../../../src/contract';
import { JOB } from '../harness';

const DECLARED: ImportJobProperties = { ...JOB, AlreadyImported: 'true' };
const [NEXT, DECLARED_NEXT] = [JOB, DECLARED].map((properties): ImportJobProperties => ({ ...properties, Revision: '2' }));
const inOther = (properties: ImportJobProperties): ImportJobProperties => ({ ...properties, DatastoreId: 'other' });

/** Returns the parsed physical id of a `Job` with these properties. */
const idOf = (properties: ImportJobProperties, jobId?: string): JobPhysicalId =>
  ({ datastoreId: properties.DatastoreId, jobId, fingerprint: fingerprintOf(properties) });

describe('alreadyImported', () => {
  test.each<[string, Versions]>([
    ['a creation', { properties: DECLARED, id: idOf(DECLARED) }],
    ['the property is added', { properties: DECLARED, old: JOB, id: idOf(JOB, 'job') }],
    ['the property is added with a new revision', { properties: DECLARED_NEXT, old: JOB, id: idOf(JOB, 'job') }],
    ['the property is added again', { properties: DECLARED, old: JOB, id: idOf(JOB, ALREADY_IMPORTED) }],
    ['another data store', { properties: DECLARED, old: inOther(DECLARED), id: idOf(inOther(JOB), 'job') }],
    ['another data store, after --no-rollback', { properties: DECLARED, old: DECLARED, id: idOf(inOther(JOB), 'job') }],
    ['another data store and a new revision, after --no-rollback', { properties: DECLARED_NEXT, old: DECLARED_NEXT, id: idOf(inOther(JOB), 'job') }],
    ['the property was set when the job became unknown', { properties: DECLARED, old: DECLARED, id: idOf(JOB, UNKNOWN) }],
    ['the property was set in an update that got no answer', { properties: DECLARED, old: DECLARED, id: idOf(JOB) }],
    ['the old properties cannot be read', { properties: DECLARED, id: idOf(JOB, 'job') }],
  ])('applies to the data set in the case "%s"', (_what, versions) => {
    expect(declarationOf(versions)).toBe('counts');
    expect(declarationOf({ ...versions, properties: { ...versions.properties, AlreadyImported: undefined } })).toBeUndefined();
  });

  test.each<[string, Versions]>([
    ['nothing changes', { properties: DECLARED, old: DECLARED, id: idOf(JOB, ALREADY_IMPORTED) }],
    ['a job was adopted', { properties: DECLARED, old: DECLARED, id: idOf(JOB, 'job') }],
    ['a later revision', { properties: DECLARED_NEXT, old: DECLARED, id: idOf(JOB, ALREADY_IMPORTED) }],
    ['a later revision, after --no-rollback', { properties: DECLARED_NEXT, old: DECLARED_NEXT, id: idOf(JOB, ALREADY_IMPORTED) }],
    ['the revision after an imported one', { properties: DECLARED_NEXT, old: DECLARED, id: idOf(JOB, 'job') }],
    ['the declared revision, after another one', { properties: DECLARED, old: DECLARED_NEXT, id: idOf(NEXT, 'job') }],
  ])('does not apply to the data set in the case "%s"', (_what, versions) => {
    expect(declarationOf(versions)).toBe('spent');
  });
});

describe('refusalOf', () => {
  const IN_APP = { ...JOB, DatastoreInApp: 'true' } as const;

  test.each<[string, Versions, RegExp]>([
    ['in another data store', { properties: JOB, old: inOther(JOB), id: idOf(inOther(JOB), 'job') }, /^the data store changed from other to 6407/],
    ['in another data store, after --no-rollback', { properties: JOB, old: JOB, id: idOf(inOther(JOB), 'job') }, /^the data store changed from other to 6407/],
    ['of a declared data set in another data store', { properties: JOB, old: inOther(JOB), id: idOf(inOther(JOB), ALREADY_IMPORTED) }, /^the data store changed/],
    ['in another data store, under an id that is not ours', { properties: JOB, old: inOther(JOB) }, /^the data store changed/],
    ['in another data store, after old properties that cannot be read', { properties: JOB, id: idOf(inOther(JOB), 'job') }, /^the data store changed/],
    ['of a data set whose job is not known', { properties: JOB, old: JOB, id: idOf(JOB, UNKNOWN) }, /^a roll-back did not find the job/],
    ['of a data set whose job is not known, in a data store of the app', { properties: IN_APP, old: IN_APP, id: idOf(JOB, UNKNOWN) }, /^a roll-back did not find the job/],
    ['of a data set that may be declared', { properties: DECLARED_NEXT, old: DECLARED_NEXT, id: idOf(JOB, 'job') }, /^after a failed deployment it is not known/],
    ['of a data set that may be declared, after a declared one', { properties: DECLARED_NEXT, old: DECLARED_NEXT, id: idOf(JOB, ALREADY_IMPORTED) }, /^after a failed/],
    ['of a data set that may be declared, under an id that is not ours', { properties: DECLARED, old: DECLARED }, /^after a failed deployment it is not known/],
  ])('refuses the start of a job in the case "%s", and returns the reason in one sentence', (_what, versions, why) => {
    expect(refusalOf(versions)).toMatch(why);
    expect(refusalOf(versions)).toMatch(/^[a-z][^.]*alreadyImported[^.]*$/);
  });

  test.each<[string, Versions]>([
    ['of a creation', { properties: JOB, id: idOf(JOB) }],
    ['of a creation that is declared', { properties: DECLARED, id: idOf(DECLARED) }],
    ['of a new revision', { properties: NEXT, old: JOB, id: idOf(JOB, 'job') }],
    ['of a new revision in another data store', { properties: NEXT, old: inOther(JOB), id: idOf(inOther(JOB), 'job') }],
    ['of a new revision in another data store, after --no-rollback', { properties: NEXT, old: NEXT, id: idOf(inOther(JOB), 'job') }],
    ['in a new data store of the app', { properties: IN_APP, old: inOther(IN_APP), id: idOf(inOther(JOB), 'job') }],
    ['in a new data store of the app, after --no-rollback', { properties: IN_APP, old: IN_APP, id: idOf(inOther(JOB), 'job') }],
    ['of a new revision after one whose job is not known', { properties: NEXT, old: JOB, id: idOf(JOB, UNKNOWN) }],
    ['of a data set whose job was never started', { properties: JOB, old: JOB, id: idOf(JOB) }],
    ['of a revision after a declared one', { properties: DECLARED_NEXT, old: DECLARED, id: idOf(JOB, ALREADY_IMPORTED) }],
    ['of the declared revision after another one', { properties: DECLARED, old: DECLARED_NEXT, id: idOf(NEXT, 'job') }],
  ])('allows the start of a job in the case "%s"', (_what, versions) => {
    expect(refusalOf(versions)).toBeUndefined();
  });
});
