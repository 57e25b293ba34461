import { failAfter, importApp } from '../harness/import-app';
import { onLaptop } from '../harness/laptop';

jest.setTimeout(240_000);

/**
 * The two extremes among the ways in which CloudFormation may roll back an update that returned a new physical id. AWS does not document which one it uses.
 * The fault suite draws from all ways.
 */
const REVERSALS = [{ sendsUpdate: true, id: 'new', references: 'new' }, { sendsUpdate: false, id: 'old', references: 'old' }] as const;

test.each(REVERSALS)('the roll-back of an update starts no job if CloudFormation rolls back like this: %j', async (reversal) => {
  await onLaptop({ cloudformation: { rollbackAfterUpdate: { succeeded: reversal, failed: reversal } } }, async (laptop, data) => {
    expect(await laptop.deploy(importApp(data, { revision: '1' }))).toBe(0);
    expect(await laptop.deploy(importApp(data, { revision: '2' }, (_, fhirImport) => failAfter(fhirImport, data)))).toBe(1);
    expect(laptop.stack('Import').status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(laptop.jobs()).toHaveLength(2);

    await laptop.upload(data.bucket, 'in/bad.ndjson', [{ resourceType: 'Patient' }]);
    expect(await laptop.deploy(importApp(data, { revision: '3' }))).toBe(1);
    expect(laptop.stack('Import').status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(laptop.jobs()).toHaveLength(3);

    await laptop.remove(data.bucket, 'in/bad.ndjson');
    expect(await laptop.deploy(importApp(data, { revision: '3' }))).toBe(0);
    expect(laptop.jobStatuses()).toEqual(['COMPLETED', 'COMPLETED', 'COMPLETED_WITH_ERRORS', 'COMPLETED']);
  })();
});
