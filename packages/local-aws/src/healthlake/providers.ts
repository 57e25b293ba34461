import { isDeepStrictEqual } from 'node:util';
import type { HealthLake } from '../../../local-healthlake/src/healthlake/healthlake';
import {
  replacing, type Caller, type Clock, type ResourceDelete, type ResourceProvider, type ResourceProviders, type ResourceRequest, type ResourceResult,
  type ResourceUpdate,
} from '../contract';

/** The properties whose change makes CloudFormation replace the data store by a new, empty data store. */
const CREATE_ONLY = ['DatastoreTypeVersion', 'SseConfiguration', 'PreloadDataConfig'];
/** The properties that UpdateFHIRDatastore changes in place. */
const CHANGEABLE = ['DatastoreName', 'IdentityProviderConfiguration', 'AnalyticsConfiguration', 'NlpConfiguration', 'ProfileConfiguration'];

const POLL_MS = 5_000;

interface DatastoreAnswer {
  readonly DatastoreId: string;
  readonly DatastoreArn: string;
  readonly DatastoreEndpoint: string;
  readonly DatastoreStatus: string;
  /** The time of the creation, in seconds since the epoch. */
  readonly CreatedAt: number;
  readonly ErrorCause?: { readonly ErrorMessage?: string };
}

interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** Returns the resource providers of HealthLake, by resource type. */
export function healthLakeProviders(healthLake: HealthLake, clock: Clock): ResourceProviders {
  return { 'AWS::HealthLake::FHIRDatastore': replacing(CREATE_ONLY, new DatastoreProvider(healthLake, clock)) };
}

/** Emulates AWS::HealthLake::FHIRDatastore. Calls HealthLake's API, as CloudFormation does. */
class DatastoreProvider implements ResourceProvider {
  public constructor(private readonly healthLake: HealthLake, private readonly clock: Clock) {}

  public async create(request: ResourceRequest): Promise<ResourceResult> {
    const { properties, caller } = request;
    const settings = pick(properties, [...CREATE_ONLY, ...CHANGEABLE, 'Tags']);
    const { DatastoreId } = await this.call<DatastoreAnswer>('CreateFHIRDatastore', settings, caller);
    return result(active(await this.waitWhile(DatastoreId, caller, 'CREATING')));
  }

  public async update({ properties, oldProperties, physicalId, caller }: ResourceUpdate): Promise<ResourceResult> {
    const isChanged = (name: string): boolean => !isDeepStrictEqual(properties[name], oldProperties[name]);
    const { DatastoreArn: ResourceARN } = await this.describe(physicalId, caller);
    // UpdateFHIRDatastore can't remove a setting, so a removed property leaves the setting unchanged.
    const settings = pick(properties, CHANGEABLE.filter((name) => properties[name] !== undefined && isChanged(name)));
    if (Object.keys(settings).length > 0) {
      await this.call('UpdateFHIRDatastore', { DatastoreId: physicalId, ...settings }, caller);
    }
    await this.changeTags(ResourceARN, oldProperties.Tags ?? [], properties.Tags ?? [], caller);
    return result(active(await this.waitWhile(physicalId, caller, 'UPDATING')));
  }

  public async delete(request: ResourceDelete): Promise<void> {
    const { physicalId, caller } = request;
    try {
      await this.waitWhile(physicalId, caller, 'CREATING', 'UPDATING');
      await this.call('DeleteFHIRDatastore', { DatastoreId: physicalId }, caller);
      await this.waitWhile(physicalId, caller, 'DELETING');
    } catch (error) {
      if (!(error instanceof ApiError && error.code === 'ResourceNotFoundException')) {
        throw error;
      }
    }
  }

  private async changeTags(ResourceARN: string, before: readonly Tag[], after: readonly Tag[], caller: Caller): Promise<void> {
    const TagKeys = before.filter((old) => !after.some(({ Key }) => Key === old.Key)).map(({ Key }) => Key);
    if (TagKeys.length > 0) {
      await this.call('UntagResource', { ResourceARN, TagKeys }, caller);
    }
    const Tags = after.filter((tag) => !before.some((old) => isDeepStrictEqual(old, tag)));
    if (Tags.length > 0) {
      await this.call('TagResource', { ResourceARN, Tags }, caller);
    }
  }

  private async waitWhile(id: string, caller: Caller, ...statuses: readonly string[]): Promise<DatastoreAnswer> {
    for (;;) {
      const datastore = await this.describe(id, caller);
      if (!statuses.includes(datastore.DatastoreStatus)) {
        return datastore;
      }
      await this.clock.sleep(POLL_MS);
    }
  }

  private async describe(id: string, caller: Caller): Promise<DatastoreAnswer> {
    const { DatastoreProperties } = await this.call<{ DatastoreProperties: DatastoreAnswer }>(
      'DescribeFHIRDatastore', { DatastoreId: id }, caller);
    return DatastoreProperties;
  }

  private async call<T>(operation: string, input: object, caller: Caller): Promise<T> {
    const { status, body } = await this.healthLake.handle({ operation, body: Buffer.from(JSON.stringify(input)), caller });
    const answer = JSON.parse(body);
    if (status !== 200) {
      throw new ApiError(answer.__type.split('#')[1], answer.message);
    }
    return answer;
  }
}

class ApiError extends Error {
  public constructor(public readonly code: string, message: string) {
    super(`${message} (Service: HealthLake, Status Code: 400, Error Code: ${code})`);
  }
}

function pick(properties: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, properties[name]]));
}

/** Returns the data store. Throws unless it is ACTIVE. */
function active(datastore: DatastoreAnswer): DatastoreAnswer {
  const { DatastoreId, DatastoreStatus, ErrorCause } = datastore;
  if (DatastoreStatus !== 'ACTIVE') {
    const cause = ErrorCause?.ErrorMessage === undefined ? '' : `: ${ErrorCause.ErrorMessage}`;
    throw new Error(`data store ${DatastoreId} became ${DatastoreStatus} instead of ACTIVE${cause}`);
  }
  return datastore;
}

function result({ DatastoreId, DatastoreArn, DatastoreEndpoint, DatastoreStatus, CreatedAt }: DatastoreAnswer): ResourceResult {
  const seconds = Math.floor(CreatedAt);
  const createdAt = { 'CreatedAt.Seconds': String(seconds), 'CreatedAt.Nanos': Math.round((CreatedAt - seconds) * 1000) * 1e6 };
  return { physicalId: DatastoreId, attributes: { DatastoreId, DatastoreArn, DatastoreEndpoint, DatastoreStatus, ...createdAt } };
}
