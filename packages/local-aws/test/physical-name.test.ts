import { physicalName } from '../src/physical-name';

test.each([
  ['short', 'Stack', 'Role', /^Stack-Role-[A-Z0-9]{12}$/],
  ['a long stack name', 'S'.repeat(100), 'Role', /^S{46}-Role-[A-Z0-9]{12}$/],
  ['a long logical id', 'Stack', 'R'.repeat(100), /^Stack-R{45}-[A-Z0-9]{12}$/],
  ['both long', 'S'.repeat(100), 'R'.repeat(100), /^S{25}-R{25}-[A-Z0-9]{12}$/],
])('a name made up of %s keeps both and fits', (_, stackName, logicalId, expected) => {
  const name = physicalName(stackName, logicalId, 64);
  expect(name).toMatch(expected);
  expect(name.length).toBeLessThanOrEqual(64);
});
