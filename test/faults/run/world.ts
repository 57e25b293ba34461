import { CreateFHIRDatastoreCommand, HealthLakeClient } from '@aws-sdk/client-healthlake';
import { fillDatastore } from './data';
import { DATA_BUCKET, type Synthesized } from './template';
import { LocalAws } from '../../../packages/local-aws/src/aws';
import { bootstrapBucketName } from '../../../packages/local-aws/src/iam/bootstrap';
import { type Data, isOwn, type PlannedDatastore, type PlannedEnvironment, type PlannedJob } from '../plan/plan';

/**
 * The number of seconds on the scaled clock in one real second. Request time-outs stay at least one real second. The handler's budgets (30 s and more) and the
 * time-outs of functions shrink with the scale, so a slow machine needs a smaller scale.
 */
export const TIME_SCALE = Number(process.env.FSCALE ?? 60);

/** The seed for the ids of data stores and jobs. The ids are the same in all plans, so that plans can share templates. */
const SEED = 'faults';

/** The keys of the data stores `own 1` and `own 2` in the stack. */
const OWN_DATASTORE_KEYS = ['alias/own-1', 'alias/own-2'];

/** The AWS emulator of one plan, with three data stores and a bucket outside the stack. */
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
        overrideJob: ({ kind, datastoreId }) => {
          const { seconds, detour, outcome: forced } = world.nextJobs;
          const isIncomplete = kind === 'export' && (world.nextData === 'one bad' || world.nextData === 'most bad');
          const outcome = forced ?? (isIncomplete ? { status: 'COMPLETED_WITH_ERRORS' as const } : undefined);
          if (kind === 'export') {
            void fillDatastore(world.aws, datastoreId, world.nextData);
          }
          return { pace: { minimumDurationMs: seconds * 1000 }, outcome, detour: detour && { status: detour.status, ms: detour.seconds * 1000 } };
        },
      },
    }));
    world.aws.s3.createBucket(DATA_BUCKET);
    const { keys, defaultKeyPolicy } = world.aws.kms;
    OWN_DATASTORE_KEYS.forEach((alias) => keys.setAlias(alias, keys.create(defaultKeyPolicy).keyId));
    await world.createDatastores();
    return world;
  }

  /** Duration and final status of jobs. A change affects only jobs that are submitted later. */
  public nextJobs: PlannedJob = { seconds: 10 };
  /** The data in the data stores of exports. A change affects only jobs that are submitted later. */
  public nextData: Data = 'good';
  /** The ids of the data stores outside the stack. The last one is the id of the restored data store. */
  private readonly datastoreIds: string[] = [];

  private constructor(public readonly aws: LocalAws) {}

  /** Uploads the code of the functions to the bootstrap bucket. */
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

  /** Returns the id of a data store, or undefined if it doesn't exist yet. If the stack created several data stores with this name, returns the newest. */
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
