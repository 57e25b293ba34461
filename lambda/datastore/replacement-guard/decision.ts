import type { DatastoreProperties } from '@aws-sdk/client-healthlake';
import type { ReplacementGuardProperties } from '../../../src/contract';
import { describeError, type Fact, kindOf } from '../../aws/errors';
import type { Direction } from '../../aws/stack';

/** The settings of an existing data store that CloudFormation changes only by a replacement. */
export type ExistingDatastore = Pick<DatastoreProperties, 'DatastoreTypeVersion' | 'SseConfiguration' | 'PreloadDataConfig'>;

/** The settings of the data store in the template. */
export type WantedDatastore = Pick<ReplacementGuardProperties, 'DatastoreTypeVersion' | 'KmsKeyId' | 'PreloadDataType'>;

/** The values on which the decision depends. */
export interface GuardFacts {
  /** The id of the data store. Undefined if it is not known. */
  readonly datastoreId?: string;
  /** The result of `replacementsOf()`. */
  readonly replacements: Fact<readonly string[]>;
  readonly direction: Fact<Direction>;
  /** Whether the time for repeated attempts is over. */
  readonly isLate: boolean;
  /** Names of the deployed resources, which may be shown. */
  readonly own: readonly string[];
}

export type GuardDecision =
  | { readonly kind: 'pass' }
  | { readonly kind: 'retry' | 'fail'; readonly why: readonly string[] };

const AWS_OWNED_KEY = 'the AWS owned key';
const NOTHING = 'none';

/** Decides whether the deployment may continue with the data store. The guard passes in every roll-back. */
export function decideGuard({ datastoreId, replacements, direction, isLate, own }: GuardFacts): GuardDecision {
  if (('value' in replacements && replacements.value.length === 0) || ('value' in direction && direction.value === 'roll-back')) {
    return { kind: 'pass' };
  }
  const why = 'value' in replacements
    ? [
      `CloudFormation would replace the data store ${datastoreId} by an empty one, because ${replacements.value.join(' and ')}`,
      'undo the change, or set allowReplacement: true, which keeps the old data store only if its removal policy is RETAIN',
    ]
    : [
      `it is not known whether CloudFormation would replace the data store: ${describeError(replacements.error, own)}`,
      'the data store is unchanged; correct the problem and deploy again',
    ];
  if ('error' in direction) {
    const unknown = `CloudFormation does not say whether the stack is rolled back: ${describeError(direction.error, own)}`;
    return { kind: isFinal(direction.error, isLate) ? 'fail' : 'retry', why: [...why, unknown] };
  }
  return { kind: 'value' in replacements || isFinal(replacements.error, isLate) ? 'fail' : 'retry', why };
}

/**
 * Returns one clause for each difference for which CloudFormation replaces the data store.
 *
 * @param former the settings in the template before the change. Undefined if the guard is new.
 */
export function replacementsOf(existing: ExistingDatastore, wanted: WantedDatastore, former?: WantedDatastore): string[] {
  const { CmkType, KmsKeyId } = existing.SseConfiguration?.KmsEncryptionConfig ?? {};
  const key = CmkType === 'AWS_OWNED_KMS_KEY' ? undefined : KmsKeyId;
  return [
    ...changeOf('FHIR version', existing.DatastoreTypeVersion ?? NOTHING, wanted.DatastoreTypeVersion),
    ...changeOf('KMS key', key ?? AWS_OWNED_KEY, wanted.KmsKeyId ?? AWS_OWNED_KEY, lastSegmentOf),
    ...changeOfForm(former?.KmsKeyId, wanted.KmsKeyId),
    ...changeOf('preloaded data', existing.PreloadDataConfig?.PreloadDataType ?? NOTHING, wanted.PreloadDataType ?? NOTHING),
  ];
}

function changeOf(setting: string, from: string, to: string, identify = (value: string) => value): string[] {
  return identify(from) === identify(to) ? [] : [`its ${setting} changes from ${from} to ${to}`];
}

/** CloudFormation compares texts. For it, the id of a key and the ARN of the same key are two keys. */
function changeOfForm(from?: string, to?: string): string[] {
  return from !== undefined && to !== undefined && from !== to && lastSegmentOf(from) === lastSegmentOf(to)
    ? [`the template names its KMS key ${to} instead of ${from}`] : [];
}

/** Returns the id of a key. HealthLake may show the id or the ARN of a key: see U92 in docs/unverified.md. */
function lastSegmentOf(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}

function isFinal(error: unknown, isLate: boolean): boolean {
  return isLate || kindOf(error) === 'definite';
}
