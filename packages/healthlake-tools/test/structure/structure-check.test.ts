import { join } from 'node:path';
import { CheckThread } from '../../src/structure/check-thread';
import { StructureCheck } from '../../src/structure/structure-check';

const FILLING = 'x'.repeat(20_000);

const line = (index: number) => JSON.stringify({
  resourceType: 'Patient', id: `p${index}`, gender: index % 3 === 0 ? 'M' : 'male', ...index === 50 ? { contact: [{ gender: 'F' }] } : {}, ...index >= 50 ? { status: 'x' } : {}, text: { status: 'empty', div: FILLING },
});

async function problemsOf(workers: number) {
  const check = new StructureCheck(workers);
  for (let index = 0; index < 90; index += 1) {
    await check.add(index < 45 ? 'a.ndjson' : 'b.ndjson', (index % 45) + 1, line(index));
  }
  await check.add('b.ndjson', 46, '{ cut off');
  await check.add('b.ndjson', 47, '"text"');
  return check.end();
}

test('counts the problems of all batches, and keeps the first place of each path', async () => {
  const problems = await problemsOf(2);
  const unknown = { code: 'structure-unknown-property', location: 'Patient.status', value: 'Unexpected property', place: { file: 'b.ndjson', line: 6 } };
  expect(problems).toEqual([{ code: 'structure-unknown-property', severity: 'warning', count: 40, files: 1, first: [unknown] }, {
    code: 'structure-code',
    severity: 'warning',
    count: 31,
    files: 2,
    first: [
      { code: 'structure-code', location: 'Patient.gender', value: 'Code "M" not found in value set', place: { file: 'a.ndjson', line: 1 } },
      { code: 'structure-code', location: 'Patient.contact[0].gender', value: 'Code "F" not found in value set', place: { file: 'b.ndjson', line: 6 } },
    ],
  }]);
  expect(await problemsOf(1)).toEqual(problems);
});

test('returns no problems if there are no lines', async () => {
  expect(await new StructureCheck().end()).toEqual([]);
});

test.each([
  ['fails', 'a.ndjson', 'EBROKEN'],
  ['exits', 'exit.ndjson', 'exit code 3'],
])('fails with one sentence without data when a thread %s', async (_, file, reason) => {
  const check = new StructureCheck(1, () => new CheckThread(join(__dirname, 'broken-worker.js')));
  await check.add(file, 1, line(0));
  await expect(check.end()).rejects.toThrow(
    new Error(`a worker thread of the structure check ended (${reason}): leave out --structure, or use a machine with more memory`),
  );
});

test('takes no more lines than one batch for each thread while the threads are busy', async () => {
  let finish = () => {};
  const busy = new Promise<void>((resolve) => {
    finish = resolve;
  });
  let [batches, closed] = [0, 0];
  class SlowThread extends CheckThread {
    public override async check() {
      batches += 1;
      await busy;
      return [];
    }

    public override async close() {
      closed += 1;
      await super.close();
    }
  }
  const check = new StructureCheck(2, () => new SlowThread());
  let added = 0;
  const adding = (async () => {
    for (; added < 100; added += 1) {
      await check.add('a.ndjson', added + 1, line(added));
    }
  })();
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect({ batches, linesOfThreeBatches: added <= 3 * 14 }).toEqual({ batches: 2, linesOfThreeBatches: true });
  finish();
  await adding;
  await check.end();
  expect({ batches, closed }).toEqual({ batches: 8, closed: 2 });
});
