import { setTimeout as sleep } from 'node:timers/promises';
import { CloudFormationClient, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import { DescribeFHIRDatastoreCommand, HealthLakeClient } from '@aws-sdk/client-healthlake';
import { decideGuard, type ExistingDatastore, type GuardDecision, replacementsOf } from './decision';
import type { ReplacementGuardProperties } from '../../../src/contract';
import { CLIENT_CONFIG } from '../../aws/credentials';
import { ask, isNotFound, SETTLING_MS } from '../../aws/errors';
import { describeDirection } from '../../aws/stack';
import { BUDGETS } from '../../budgets';
import { Failure } from '../../framework/reason';
import type { CustomResourceEvent } from '../../framework/response';
import { requestedAtOf } from '../../framework/times';
import { ownNamesOf } from '../../service-text/own-names';
import { log } from '../../telemetry/log';

const { call: CALL, pauseMs: PAUSE_MS } = BUDGETS.guard;

/** The statuses of data stores that have no data to lose. */
const WITHOUT_DATA: readonly (string | undefined)[] = ['CREATE_FAILED', 'DELETING', 'DELETED'];

/** The statuses of resources that no longer belong to the stack. CloudFormation can still list them. */
const GONE: readonly (string | undefined)[] = ['DELETE_COMPLETE', 'DELETE_SKIPPED'];

const cloudformation = new CloudFormationClient(CLIENT_CONFIG);
const healthlake = new HealthLakeClient(CLIENT_CONFIG);

/** Throws a `Failure` if CloudFormation would replace the data store of the stack. Never throws if CloudFormation says that the stack is being rolled back. */
export async function guardDatastore(event: CustomResourceEvent): Promise<void> {
  const { AllowReplacement } = event.ResourceProperties as ReplacementGuardProperties;
  if (event.RequestType === 'Delete' || AllowReplacement === 'true') {
    return;
  }
  const startedAt = Date.now();
  for (;;) {
    const decision = await decide(event, startedAt);
    if (decision.kind === 'pass') {
      return;
    }
    if (decision.kind === 'fail') {
      throw new Failure(decision.why);
    }
    await sleep(PAUSE_MS);
  }
}

async function decide(event: CustomResourceEvent, startedAt: number): Promise<GuardDecision> {
  const properties = event.ResourceProperties as ReplacementGuardProperties;
  let datastoreId: string | undefined;
  const replacements = await ask(async () => {
    datastoreId = await findDatastoreId(event.StackId, properties.DatastoreLogicalId);
    const existing = datastoreId === undefined ? undefined : await describeDatastore(datastoreId);
    return existing ? replacementsOf(existing, properties, event.OldResourceProperties as ReplacementGuardProperties | undefined) : [];
  });
  const direction = await ask(() => describeDirection(cloudformation, event.StackId, requestedAtOf(event, startedAt)));
  const own = ownNamesOf({ DatastoreId: datastoreId }, event.StackId);
  const decision = decideGuard({ datastoreId, replacements, direction, isLate: Date.now() >= startedAt + SETTLING_MS, own });
  const why = decision.kind === 'pass' ? undefined : decision.why.join('; ');
  log('replacement guard', { construct: event.LogicalResourceId, datastoreId, decision: decision.kind, why });
  return decision;
}

/** Returns the id of the data store in this stack. Returns undefined if CloudFormation hasn't created the data store yet. */
async function findDatastoreId(stackId: string, logicalId: string): Promise<string | undefined> {
  const abortSignal = AbortSignal.timeout(CALL.listResourcesMs);
  const pages = paginateListStackResources({ client: cloudformation }, { StackName: stackId }, { abortSignal });
  for await (const { StackResourceSummaries: resources = [] } of pages) {
    const datastore = resources.find(({ LogicalResourceId, ResourceStatus }) => LogicalResourceId === logicalId && !GONE.includes(ResourceStatus));
    if (datastore) {
      return datastore.PhysicalResourceId || undefined;
    }
  }
  return undefined;
}

/** Describes a data store. Returns undefined if it has no data to lose. */
async function describeDatastore(datastoreId: string): Promise<ExistingDatastore | undefined> {
  const abortSignal = AbortSignal.timeout(CALL.describeDatastoreMs);
  const described = await ask(() => healthlake.send(new DescribeFHIRDatastoreCommand({ DatastoreId: datastoreId }), { abortSignal }));
  if ('error' in described) {
    if (isNotFound(described.error)) {
      return undefined;
    }
    throw described.error;
  }
  const { DatastoreProperties: datastore } = described.value;
  return WITHOUT_DATA.includes(datastore?.DatastoreStatus) ? undefined : datastore;
}
