import type { Deployment } from './deployment';

/** The change of one resource in a change set. */
export interface ResourceChange {
  readonly action: 'Add' | 'Modify' | 'Remove';
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId?: string;
  /** The resource properties whose values change. */
  readonly properties: readonly PropertyChange[];
  /** The other attributes of the resource definition that change. */
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

/** Formats the change of a resource for the response of DescribeChangeSet. */
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
      // A change set can't tell whether a change replaces the resource: the provider decides this when it makes the change.
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
