import type { ResourceStatus } from './status';
import type { ResourceDefinition } from '../template/template';

/** A resource of a stack, as the last call about it left it. Never changed in place: a roll-back needs the former one. */
export interface ResourceRecord {
  readonly logicalId: string;
  readonly type: string;
  readonly definition: ResourceDefinition;
  readonly dependencies: readonly string[];
  readonly status: ResourceStatus;
  readonly statusReason?: string;
  readonly timestamp: number;
  readonly physicalId?: string;
  /** What `Ref` gives: the physical id, unless a roll-back is played in which references keep the former one. */
  readonly reference?: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly noEcho: boolean;
  /** Of the last request to a custom resource. */
  readonly requestId?: string;
  /** With all intrinsic functions evaluated, as last applied. */
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}
