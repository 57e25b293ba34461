import { CreateFHIRDatastoreCommand, HealthLakeClient } from '@aws-sdk/client-healthlake';
import { DATA_BUCKET, type Synthesized } from './template';
import { LocalAws } from '../../../packages/local-aws/src/aws';
import { bootstrapBucketName } from '../../../packages/local-aws/src/iam/bootstrap';
import { isOwn, type PlannedDatastore, type PlannedEnvironment, type PlannedJob } from '../plan/plan';

/**
 * How many times faster than real time the clock of a plan runs. Timers that bound a request take a second of real time at least, whatever the
 * scale; the budgets of the handler (30 s and more) and the functions' time-outs shrink with it, so a busy machine must answer within them.
 */
export const TIME_SCALE = Number(process.env.FSCALE ?? 60);

/** Ids of data stores and jobs follow from it, so templates can be used again. */
const SEED = 'faults';

/** What a job is like that is submitted while nobody says otherwise. */
const DEFAULT_JOB: PlannedJob = { seconds: 10 };

/** An AWS of its own for one plan, with three data stores and a bucket that are no stack's. */
export class World {
  public static async open(environment: PlannedEnvironment): Promise<World> {
    const world: World = new World(await LocalAws.start({
      timeScale: TIME_SCALE,
      iam: { propagationMs: environment.propagationSeconds * 1000 },
      cloudformation: { rollbackAfterUpdate: environment.rollbackAfterUpdate, reusesRequestId: environment.reusesRequestId },
      healthlake: {
        seed: SEED,
        datastoreCreationMs: 0,
        listDelayMs: environment.listDelaySeconds * 1000,
        clientTokenMismatch: environment.clientTokenMismatch,
        ignoresClientTokens: environment.ignoresClientTokens,
        overrideJob: () => {
          const { seconds, detour, outcome } = world.nextJobs;
          return { pace: { minimumDurationMs: seconds * 1000 }, outcome, detour: detour && { status: detour.status, ms: detour.seconds * 1000 } };
        },
      },
    }));
    world.aws.s3.createBucket(DATA_BUCKET);
    await world.createDatastores();
    return world;
  }

  /** How HealthLake treats the jobs that are submitted from now on. */
  public nextJobs: PlannedJob = DEFAULT_JOB;
  /** Of those that are no stack's; the last one is as if restored. */
  private readonly datastoreIds: string[] = [];

  private constructor(public readonly aws: LocalAws) {}

  /** Puts the code of functions where CloudFormation looks for it. */
  public putAssets({ assets }: Synthesized): void {
    const { aws } = this;
    const bucket = aws.s3.bucket(bootstrapBucketName({ partition: 'aws', accountId: aws.accountId, region: aws.region }));
    for (const [key, zip] of assets) {
      if (bucket.find(key)) {
        continue;
      }
      bucket.put(key, {
        deleteMarker: false, body: zip, etag: `"${key}"`, lastModified: aws.clock.now(), headers: {}, encryption: { algorithm: 'AES256' },
      });
    }
  }

  /** The id of a data store; of one of the stack that of the newest. Undefined if there is none yet. */
  public datastoreId(datastore: PlannedDatastore): string | undefined {
    return isOwn(datastore)
      ? this.aws.healthlake.healthLake.datastoreProperties().filter(({ DatastoreName: name }) => name === datastore).at(-1)?.DatastoreId
      : this.datastoreIds[datastore === 'restored' ? 2 : datastore];
  }

  public async close(): Promise<void> {
    await this.aws.stop();
  }

  private async createDatastores(): Promise<void> {
    const { endpoint, region, credentials } = this.aws;
    const healthlake = new HealthLakeClient({ endpoint, region, credentials });
    for (const name of ['first', 'second', 'restored']) {
      const { DatastoreId: id } = await healthlake.send(new CreateFHIRDatastoreCommand({ DatastoreTypeVersion: 'R4', DatastoreName: name }));
      this.datastoreIds.push(id!);
    }
    healthlake.destroy();
  }
}
