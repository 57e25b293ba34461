import { AliasProvider } from './alias-provider';
import { FunctionProvider } from './function-provider';
import type { Lambda } from './lambda';
import { PermissionProvider } from './permission-provider';
import { VersionProvider } from './version-provider';
import type { ResourceProviders } from '../contract';

/** The providers of Lambda's resources. */
export function lambdaProviders({ host, registry }: Lambda): ResourceProviders {
  return {
    'AWS::Lambda::Function': new FunctionProvider(host, registry),
    'AWS::Lambda::Version': new VersionProvider(host, registry),
    'AWS::Lambda::Alias': new AliasProvider(host.iam, registry),
    'AWS::Lambda::Permission': new PermissionProvider(host.iam, registry),
  };
}
