import type { Deployment } from './deployment';

/** One entry of a change set. */
export interface ResourceChange {
  readonly action: 'Add' | 'Modify' | 'Remove';
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId?: string;
  /** Properties whose value changes. */
  readonly properties: readonly PropertyChange[];
  /** Other attributes of the resource whose value changes. */
  readonly attributes: readonly ResourceAttribute[];
  readonly before?: Readonly<Record<string, unknown>>;
  readonly after?: Readonly<Record<string, unknown>>;
}

export interface PropertyChange {
  readonly name: string;
  readonly before: unknown;
  readonly after: unknown;
}

export type ResourceAttribute = 'Metadata' | 'DeletionPolicy' | 'UpdateReplacePolicy';

export interface ChangeSet {
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  readonly createdAt: number;
  readonly status: 'CREATE_COMPLETE' | 'FAILED';
  readonly statusReason?: string;
  readonly executionStatus: 'AVAILABLE' | 'UNAVAILABLE';
  readonly deployment: Deployment;
  readonly roleArn?: string;
  readonly disableRollback: boolean;
  readonly changes: readonly ResourceChange[];
}

export const NO_CHANGES = "The submitted information didn't contain changes. Submit different information to create a change set.";

/** Describes a change for DescribeChangeSet. */
export function describeChange(change: ResourceChange, withValues: boolean): Record<string, unknown> {
  const detail = (target: Record<string, unknown>): Record<string, unknown> => ({
    Target: target, Evaluation: 'Static', ChangeSource: 'DirectModification',
  });
  return {
    Type: 'Resource',
    ResourceChange: {
      Action: change.action,
      LogicalResourceId: change.logicalId,
      PhysicalResourceId: change.physicalId,
      ResourceType: change.type,
      // Only the provider knows whether a change replaces the resource, and only when it makes the change.
      Replacement: change.action === 'Modify' && change.properties.length > 0 ? 'Conditional' : undefined,
      Scope: [...(change.properties.length > 0 ? ['Properties'] : []), ...change.attributes],
      Details: [
        ...change.properties.map((property) => detail({
          Attribute: 'Properties',
          Name: property.name,
          RequiresRecreation: 'Conditionally',
          ...(withValues ? { Path: `/Properties/${property.name}`, BeforeValue: text(property.before), AfterValue: text(property.after) } : {}),
        })),
        ...change.attributes.map((attribute) => detail({ Attribute: attribute, RequiresRecreation: 'Never' })),
      ],
      ...(withValues ? { BeforeContext: context(change.before), AfterContext: context(change.after) } : {}),
    },
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' || value === undefined ? value : JSON.stringify(value);
}

function context(properties: Readonly<Record<string, unknown>> | undefined): string | undefined {
  return properties && JSON.stringify({ Properties: properties });
}
