import type { ResourceStatus } from './status';
import type { ResourceDefinition } from '../template/template';

/** The state of one resource in a stack. A new state is a new record, because a roll-back needs the former record. */
export interface ResourceRecord {
  readonly logicalId: string;
  readonly type: string;
  readonly definition: ResourceDefinition;
  readonly dependencies: readonly string[];
  readonly status: ResourceStatus;
  readonly statusReason?: string;
  readonly timestamp: number;
  readonly physicalId?: string;
  /** The value of `Ref`, if it differs from the physical id after the roll-back of a custom resource. See `UpdateReversal`. */
  readonly reference?: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly noEcho: boolean;
  /** The RequestId of the last request to a custom resource. */
  readonly requestId?: string;
  /** The properties of the resource, with all intrinsic functions evaluated. */
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}
