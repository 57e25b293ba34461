import type { HealthLake } from '../../../local-healthlake/src/healthlake/healthlake';
import {
  replacing, type Caller, type Clock, type ResourceDelete, type ResourceProvider, type ResourceProviders, type ResourceRequest, type ResourceResult,
  type ResourceUpdate,
} from '../contract';

/** The properties whose change makes CloudFormation replace the data store by a new, empty data store. */
const CREATE_ONLY = ['DatastoreName', 'DatastoreTypeVersion', 'SseConfiguration', 'PreloadDataConfig', 'IdentityProviderConfiguration'];

const POLL_MS = 5_000;

interface DatastoreAnswer {
  readonly DatastoreId: string;
  readonly DatastoreArn: string;
  readonly DatastoreEndpoint: string;
  readonly DatastoreStatus: string;
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
    const settings = Object.fromEntries([...CREATE_ONLY, 'Tags'].map((name) => [name, properties[name]]));
    const { DatastoreId } = await this.call<DatastoreAnswer>('CreateFHIRDatastore', settings, caller);
    const datastore = await this.waitWhile(DatastoreId, caller, 'CREATING');
    if (datastore.DatastoreStatus !== 'ACTIVE') {
      throw new Error(`data store ${DatastoreId} became ${datastore.DatastoreStatus} instead of ACTIVE`);
    }
    return result(datastore);
  }

  public async update({ physicalId, caller }: ResourceUpdate): Promise<ResourceResult> {
    return result(await this.describe(physicalId, caller));
  }

  public async delete(request: ResourceDelete): Promise<void> {
    const { physicalId, caller } = request;
    try {
      await this.waitWhile(physicalId, caller, 'CREATING');
      await this.call('DeleteFHIRDatastore', { DatastoreId: physicalId }, caller);
      await this.waitWhile(physicalId, caller, 'DELETING');
    } catch (error) {
      if (!(error instanceof ApiError && error.code === 'ResourceNotFoundException')) {
        throw error;
      }
    }
  }

  private async waitWhile(id: string, caller: Caller, status: string): Promise<DatastoreAnswer> {
    for (;;) {
      const datastore = await this.describe(id, caller);
      if (datastore.DatastoreStatus !== status) {
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

function result({ DatastoreId, DatastoreArn, DatastoreEndpoint, DatastoreStatus }: DatastoreAnswer): ResourceResult {
  return { physicalId: DatastoreId, attributes: { DatastoreId, DatastoreArn, DatastoreEndpoint, DatastoreStatus } };
}
