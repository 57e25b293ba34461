import { failAfter, importApp } from '../harness/import-app';
import { onLaptop } from '../harness/laptop';

jest.setTimeout(240_000);

/** All ways in which CloudFormation may roll back an update that returned a new physical id. AWS does not document which one it uses. */
const REVERSALS = [true, false].flatMap((sendsUpdate) =>
  (['old', 'new'] as const).flatMap((id) => (['old', 'new'] as const).map((references) => ({ sendsUpdate, id, references }))));

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
