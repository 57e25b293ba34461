import * as fc from 'fast-check';
import type { Direction } from '../../../../lambda/aws/stack';
import { declarationOf, refusalOf } from '../../../../lambda/import/declaration';
import { fingerprintOf } from '../../../../lambda/import/fingerprint';
import { formatJobId, parseJobId } from '../../../../lambda/jobs/physical-ids';
import { answerFromId, decideJob, type JobChange, type JobDecision } from '../../../../lambda/jobs/start/decision';
import type { LedgerEntry } from '../../../../lambda/jobs/start/ledger';
import type { UpdateReversal } from '../../../../packages/local-aws/src/cloudformation/cloudformation';
import { ALREADY_IMPORTED, type ImportJobProperties, UNKNOWN } from '../../../../src/contract';
import { DATASTORE_INVARIANTS } from '../../../faults/invariants/datastores';
import { FIRST_VARIANT, type Variant } from '../../../faults/plan/plan';
import type { Observed, ObservedJob, ObservedOperation } from '../../../faults/run/observed';
import { JOB, sdkError } from '../../harness';

/** A simulated deployment and the failures that happen during it. */
interface Deployment {
  readonly change: Partial<Pick<Variant, 'revision' | 'datastore' | 'declares' | 'id'>>;
  /** Whether HealthLake answers before a roll-back begins. */
  readonly isUp: boolean;
  /** Whether HealthLake answers during a roll-back. */
  readonly isUpInRollBack: boolean;
  readonly jobSucceeds: boolean;
  /** Whether another resource of the stack fails after `Job` has succeeded. */
  readonly failsAfter: boolean;
  readonly rollbackDisabled: boolean;
}

interface Resource {
  readonly properties: ImportJobProperties;
  readonly physicalId: string;
  readonly variant: Variant;
}

/** The undocumented behaviours of CloudFormation that the test varies. */
const ENVIRONMENTS = fc.record({
  reversal: fc.record<UpdateReversal>({ sendsUpdate: fc.boolean(), id: fc.constantFrom('new', 'old'), references: fc.constant('new') }),
  /** Whether CloudFormation sends the properties of a failed `--no-rollback` deployment as the old properties of the next update. */
  keepsAttempt: fc.boolean(),
});

const DEPLOYMENTS: fc.Arbitrary<Deployment> = fc.record({
  change: fc.oneof(
    fc.constant({}),
    fc.record({ revision: fc.constantFrom<Variant['revision']>('1', '2', '3') }),
    fc.record({ declares: fc.boolean() }),
    fc.record({ datastore: fc.constantFrom<Variant['datastore']>(0, 'restored'), declares: fc.boolean() }),
    fc.record({ datastore: fc.constantFrom<Variant['datastore']>(0, 'restored') }),
    fc.record({ revision: fc.constantFrom<Variant['revision']>('1', '2', '3'), declares: fc.boolean() }),
    fc.record({ id: fc.constantFrom<Variant['id']>('Patients', 'Moved') }),
  ),
  isUp: often(true),
  isUpInRollBack: often(true),
  jobSucceeds: often(true),
  failsAfter: often(false),
  rollbackDisabled: fc.boolean(),
});

function often(value: boolean): fc.Arbitrary<boolean> {
  return fc.integer({ min: 0, max: 3 }).map((n) => (n === 3 ? !value : value));
}

/** Simulates CloudFormation and the jobs of each data set. The real code of `Job` takes the decisions. */
class Model {
  public readonly operations: ObservedOperation[] = [];
  public readonly jobs: ObservedJob[] = [];
  public readonly decisions: JobDecision['kind'][] = [];
  public restored?: Observed['restored'];
  private readonly ledgers = new Map<string, LedgerEntry[]>();
  private variant = FIRST_VARIANT;
  private resource?: Resource;
  /** The resource after the last complete deployment. A roll-back restores this resource. */
  private deployed?: Resource;

  public constructor(private readonly reversal: UpdateReversal, private readonly keepsAttempt: boolean) {}

  public get observed(): Observed {
    const { operations, jobs, restored, reversal } = this;
    const environment = { rollbackAfterUpdate: { succeeded: reversal, failed: reversal }, listDelaySeconds: 0 };
    return { operations, jobs, restored, plan: { environment, steps: [] } } as unknown as Observed;
  }

  public deploy(step: Deployment): void {
    this.variant = { ...this.variant, ...step.change };
    const { variant } = this;
    const properties = propertiesOf(variant);
    if (variant.datastore === 'restored') {
      this.restored ??= { datastoreId: 'restored', dataSets: this.importedBefore() };
    }
    const before = this.resource;
    const existing = before?.variant.id === variant.id ? before : undefined;
    this.operations.push({
      step: this.operations.length,
      kind: before ? 'update' : 'create',
      after: 'UPDATE_IN_PROGRESS',
      wasDeleted: false,
      failures: [],
      outputs: {},
      wanted: { variant, datastoreId: properties.DatastoreId, dataSet: fingerprintOf(properties) },
    } as unknown as ObservedOperation);
    const pending = formatJobId({ datastoreId: properties.DatastoreId, fingerprint: fingerprintOf(properties) });
    const decision = this.decide(properties, existing, existing?.physicalId ?? pending, 'forward', step.isUp);
    const physicalId = this.idAfter(decision, properties, existing?.physicalId ?? pending, step.jobSucceeds);
    const reason = decision.kind === 'fail' ? `no import job was started: ${decision.why};` : undefined;
    const isAnswered = !['fail', 'wait', 'retry'].includes(decision.kind);
    if (isAnswered && !step.failsAfter) {
      this.resource = this.deployed = { properties, physicalId, variant };
      return this.end('UPDATE_COMPLETE');
    }
    if (step.rollbackDisabled) {
      // If a creation got no answer, no resource exists, and the next deployment creates the resource.
      if (existing || isAnswered) {
        const isKept = isAnswered || this.keepsAttempt;
        this.resource = { properties: isKept ? properties : existing!.properties, physicalId, variant: isKept ? variant : existing!.variant };
      }
      return this.end('UPDATE_FAILED', reason);
    }
    const { deployed } = this;
    const newId = deployed?.variant.id === variant.id ? physicalId : deployed?.physicalId;
    this.resource = this.deployed = deployed && this.rollBack(properties, deployed, newId!, step);
    return this.end(this.deployed ? 'UPDATE_ROLLBACK_COMPLETE' : 'ROLLBACK_COMPLETE', reason);
  }

  private rollBack(properties: ImportJobProperties, former: Resource, newId: string, { isUpInRollBack }: Deployment): Resource {
    const isReplaced = newId !== former.physicalId;
    const handedOn = this.reversal.id === 'new' ? newId : former.physicalId;
    if (isReplaced && !this.reversal.sendsUpdate) {
      return { ...former, physicalId: handedOn };
    }
    const attempt = { ...former, properties };
    const decision = this.decide(former.properties, attempt, handedOn, 'roll-back', isUpInRollBack);
    expect(['adopt', 'answer from the id', 'already imported', 'answer unknown', 'wait']).toContain(decision.kind);
    return { ...former, physicalId: this.idAfter(decision, former.properties, handedOn, true) };
  }

  private decide(properties: ImportJobProperties, existing: Resource | undefined, physicalId: string, direction: Direction,
    isUp: boolean): JobDecision {
    const versions = { properties, old: existing?.properties, id: parseJobId(physicalId) };
    const change: JobChange = {
      noun: 'import',
      fingerprint: fingerprintOf(properties),
      oldFingerprint: versions.old && fingerprintOf(versions.old),
      id: versions.id,
      declaration: declarationOf(versions),
      refusal: refusalOf(versions),
      requestedAt: 1,
      settledBy: 300_000,
      deadline: 1_000_000,
    };
    const ledger = isUp ? { value: this.ledgers.get(change.fingerprint) ?? [] } : { error: sdkError('AccessDeniedException', 'no') };
    // In a roll-back, `Job` retries a failed listing for 5 minutes before it decides without the listing.
    const now = direction === 'roll-back' ? 900_000 : 2;
    const decision = answerFromId(change)
      ?? decideJob(change, { direction: { value: direction }, datastore: { value: { status: 'ACTIVE' } }, ledger, now });
    this.decisions.push(decision.kind);
    return decision;
  }

  private idAfter(decision: JobDecision, properties: ImportJobProperties, physicalId: string, jobSucceeds: boolean): string {
    const fingerprint = fingerprintOf(properties);
    const idOf = (jobId: string) => formatJobId({ datastoreId: properties.DatastoreId, jobId, fingerprint });
    switch (decision.kind) {
      case 'start': {
        const jobId = `job${this.jobs.length}`;
        this.ledgers.set(fingerprint, [...this.ledgers.get(fingerprint) ?? [],
          { jobId, submittedAt: -1e9, verdict: jobSucceeds ? 'succeeded' : 'failed' }]);
        const operation = this.operations.length - 1;
        this.jobs.push({ jobId, datastoreId: properties.DatastoreId, dataSet: fingerprint, operation } as ObservedJob);
        return idOf(jobId);
      }
      case 'adopt':
      case 'answer from the id':
        return idOf(decision.jobId);
      case 'already imported':
        return idOf(ALREADY_IMPORTED);
      case 'answer unknown':
        return idOf(UNKNOWN);
      default:
        return physicalId;
    }
  }

  private end(after: ObservedOperation['after'], reason?: string): void {
    const failures = reason === undefined ? [] : [{ reason } as ObservedOperation['failures'][number]];
    this.operations.push({ ...this.operations.pop()!, after, failures, settledAt: 1 });
  }

  private importedBefore(): string[] {
    return (['1', '2', '3'] as const).map((revision) => ({ ...FIRST_VARIANT, revision }))
      .filter((variant) => this.ledgers.get(fingerprintOf(propertiesOf(variant)))?.some(({ verdict }) => verdict === 'succeeded'))
      .map((variant) => fingerprintOf(propertiesOf({ ...variant, datastore: 'restored' })));
  }
}

function propertiesOf({ revision, datastore, declares }: Variant): ImportJobProperties {
  return { ...JOB, DatastoreId: datastore === 'restored' ? 'restored' : 'first', Revision: revision, AlreadyImported: declares ? 'true' : undefined };
}

test('no sequence of failures repeats an import in a restored data store, or starts an import despite alreadyImported', () => {
  const seen = new Set<string>();
  fc.assert(fc.property(ENVIRONMENTS, fc.array(DEPLOYMENTS, { minLength: 2, maxLength: 8 }), ({ reversal, keepsAttempt }, steps) => {
    const model = new Model(reversal, keepsAttempt);
    steps.forEach((step) => model.deploy(step));
    model.decisions.forEach((decision) => seen.add(decision));
    expect(DATASTORE_INVARIANTS.flatMap(({ violations }) => violations(model.observed))).toEqual([]);
  }), { numRuns: 3_000, seed: 20_261 });
  expect([...seen].sort()).toEqual(['adopt', 'already imported', 'answer from the id', 'answer unknown', 'fail', 'retry', 'start']);
});
