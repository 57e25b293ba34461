import type { Stack } from 'aws-cdk-lib';
import { CfnFHIRDatastore, type IFHIRDatastoreRef } from 'aws-cdk-lib/aws-healthlake';
import { datastoreOf } from './synth';
import { FhirJobMonitor, type FhirJobMonitorProps } from '../../src';

/** Creates a monitor with the given properties. The data store has a default. */
export function monitorIn(stack: Stack, props: Partial<FhirJobMonitorProps> = {}): FhirJobMonitor {
  return new FhirJobMonitor(stack, 'Jobs', { datastores: props.datastores ?? [datastoreOf(stack)], ...props });
}

/** Returns data stores with the ids 000..., 111... and so on. */
export function datastores(stack: Stack, count: number): IFHIRDatastoreRef[] {
  return Array.from({ length: count }, (_, n) => CfnFHIRDatastore.fromDatastoreId(stack, `Datastore${n}`, n.toString(16).repeat(32)));
}
