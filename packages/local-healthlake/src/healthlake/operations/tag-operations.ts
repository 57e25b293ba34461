import type { ListTagsForResourceRequest, TagResourceRequest, UntagResourceRequest } from '@aws-sdk/client-healthlake';
import type { OperationContext, Operations } from './operation';
import { shape } from '../api/model';
import type { Datastore } from '../datastores/datastore';
import { ServiceError, type Caller } from '../ports';

/** The operations on the tags of data stores. */
export function tagOperations({ access, datastores, ports: { clock } }: OperationContext): Operations {
  return {
    TagResource: async ({ ResourceARN, Tags }: TagResourceRequest, caller) => {
      const { tags } = await taggable('TagResource', ResourceARN!, caller);
      const changed = new Map([...tags, ...Tags!.map(({ Key, Value }) => [Key!, Value!] as const)]);
      const max = shape('TagList').max!;
      if (changed.size > max) {
        throw new ServiceError('ValidationException', `The resource ${ResourceARN} would have ${changed.size} tags, but it may have ${max}`);
      }
      changed.forEach((value, key) => tags.set(key, value));
      return {};
    },

    UntagResource: async ({ ResourceARN, TagKeys }: UntagResourceRequest, caller) => {
      const { tags } = await taggable('UntagResource', ResourceARN!, caller);
      TagKeys!.forEach((key) => tags.delete(key));
      return {};
    },

    ListTagsForResource: async ({ ResourceARN }: ListTagsForResourceRequest, caller) => {
      const { tags } = await taggable('ListTagsForResource', ResourceARN!, caller);
      return { Tags: [...tags].map(([Key, Value]) => ({ Key, Value })) };
    },
  };

  /** Returns the data store with this ARN. Rejects if the data store is DELETED, or if the ARN names another account, Region or resource type. */
  async function taggable(operation: string, arn: string, caller: Caller): Promise<Datastore> {
    const id = arn.slice(arn.lastIndexOf('/') + 1);
    await access.onDatastore(caller, operation, id);
    if (arn !== access.datastoreArn(id) || datastores.get(id).status(clock.now()) === 'DELETED') {
      throw new ServiceError('ResourceNotFoundException', `The requested resource ${arn} was not found`);
    }
    return datastores.get(id);
  }
}
