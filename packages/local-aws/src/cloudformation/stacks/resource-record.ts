import type { ResourceStatus } from './status';
import type { ResourceDefinition } from '../template/template';

/** A resource of a stack after its last call. A record is never changed in place, because a roll-back needs the former record. */
export interface ResourceRecord {
  readonly logicalId: string;
  readonly type: string;
  readonly definition: ResourceDefinition;
  readonly dependencies: readonly string[];
  readonly status: ResourceStatus;
  readonly statusReason?: string;
  readonly timestamp: number;
  readonly physicalId?: string;
  /** The value of `Ref`, if a roll-back with `references: 'old'` made it differ from the physical id. */
  readonly reference?: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly noEcho: boolean;
  /** The RequestId of the last request to a custom resource. */
  readonly requestId?: string;
  /** The last applied properties, with all intrinsic functions evaluated. */
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}
