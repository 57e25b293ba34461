import packageJson from '../../package.json';
import * as library from '../../src';

test('the .NET namespace is not named like a class in it', () => {
  const { namespace } = packageJson.jsii.targets.dotnet;

  expect(Object.keys(library)).not.toContain(namespace.split('.').at(-1));
});
