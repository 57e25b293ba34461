import packageJson from '../../package.json';
import * as library from '../../src';

test('no class has the same name as the last part of the .NET namespace', () => {
  const { namespace } = packageJson.jsii.targets.dotnet;

  expect(Object.keys(library)).not.toContain(namespace.split('.').at(-1));
});
