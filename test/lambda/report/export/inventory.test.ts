import { COUNTED, Inventory } from '../../../../lambda/report/export/inventory';

function inventoryOf(files: number, size: number): Inventory {
  const inventory = new Inventory();
  for (let file = 0; file < files; file++) {
    const name = `Patient/${file}.ndjson`;
    inventory.add({ key: `output/${name}`, size }, name);
  }
  return inventory;
}

describe('an inventory', () => {
  test.each([
    ['keeps', 'are within the limits', COUNTED.files, COUNTED.bytes / COUNTED.files, COUNTED.files],
    ['drops', 'have too many bytes', 3, COUNTED.bytes / 2, undefined],
    ['drops', 'are too many', COUNTED.files + 1, 1, undefined],
  ])('%s the keys of files that %s', (_, __, files, size, kept) => {
    const inventory = inventoryOf(files, size);
    expect(inventory.toCount?.length).toBe(kept);
    expect(inventory).toMatchObject({ files, bytes: files * size, types: [{ type: 'Patient', files, bytes: files * size }], firstKey: 'output/Patient/0.ndjson' });
  });
});
