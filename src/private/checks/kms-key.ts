import { Resource, Token } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import type { IConstruct } from 'constructs';
import { validateArn } from './arn';
import { resourceOfType } from '../cfn-resource';

const SYMMETRIC = 'SYMMETRIC_DEFAULT';

/** Matches an ARN of an alias, also if parts of the ARN are tokens, and captures the name of the alias. */
const ALIAS = /(?:^|:)(alias\/.+)$/;

/**
 * Throws if a key is named by an alias, if its ARN is known and is not the ARN of a KMS key, if `Key.fromLookup()` found it by the alias of an AWS managed key,
 * or if the app creates it disabled or asymmetric. An alias in the `Resource` of a policy matches no key:
 * https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
 */
export function validateKey(scope: IConstruct, what: string, key: kms.IKeyRef & { readonly aliasRef?: kms.AliasReference }): void {
  const { keyArn } = key.keyRef;
  const [, alias = key.node.path] = ALIAS.exec(keyArn) ?? [];
  if (key.aliasRef || alias !== key.node.path) {
    throw new Error(`${what} is named by the alias "${alias}", and a policy can't name a key by an alias; `
      + 'give the customer managed key itself, for example with Key.fromKeyArn() or Key.fromLookup()');
  }
  validateArn(scope, what, keyArn, 'a KMS key');
  const managed = managedAliasOf(scope, keyArn);
  if (managed !== undefined) {
    throw new Error(`${what} "${key.node.path}" is looked up by the alias "${managed}" and belongs to AWS; give a customer managed key`);
  }
  const { keySpec = SYMMETRIC, enabled = true } = resourceOfType(key, kms.CfnKey) ?? {};
  if (!Token.isUnresolved(keySpec) && keySpec !== SYMMETRIC) {
    throw new Error(`${what} "${key.node.path}" must be a symmetric key, got the keySpec ${keySpec}; leave keySpec and keyUsage out`);
  }
  if (enabled === false) {
    throw new Error(`${what} "${key.node.path}" is disabled, and a disabled key encrypts and decrypts nothing; enable it`);
  }
}

/**
 * Returns the alias of an AWS managed key if `Key.fromLookup()` found the key by this alias. The context of the app has the result of each lookup:
 * https://docs.aws.amazon.com/cdk/v2/guide/context.html
 */
function managedAliasOf({ node }: IConstruct, keyArn: string): string | undefined {
  const lookups = Object.entries(node.getAllContext() as Record<string, { readonly keyId?: string } | undefined>);
  return lookups.flatMap(([name, found]) => {
    const [, alias] = /^key-provider:.*aliasName=(alias\/aws\/[^:]+)/.exec(name) ?? [];
    return alias && found?.keyId && keyArn.endsWith(`:key/${found.keyId}`) ? [alias] : [];
  })[0];
}

/**
 * Returns whether two keys are certainly different. Compares their ARNs if both ARNs are known at synthesis, or if this app creates both keys. Otherwise
 * returns false.
 */
export function isOtherKey(a: kms.IKeyRef, b: kms.IKeyRef): boolean {
  const [arnOfA, arnOfB] = [a.keyRef.keyArn, b.keyRef.keyArn];
  const concrete = !Token.isUnresolved(arnOfA) && !Token.isUnresolved(arnOfB);
  const isCreatedHere = Resource.isOwnedResource(a) && Resource.isOwnedResource(b);
  return (concrete || isCreatedHere) && arnOfA !== arnOfB;
}
