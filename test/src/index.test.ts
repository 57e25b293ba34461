import packageJson from '../../package.json';
import * as library from '../../src';

test('the last part of the .NET namespace is not the name of a class', () => {
  const { namespace } = packageJson.jsii.targets.dotnet;

  expect(Object.keys(library)).not.toContain(namespace.split('.').at(-1));
});
