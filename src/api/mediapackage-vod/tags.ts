import type { VodBody, VodStore } from '../../status/vod-store.js';
import type { Operation, Run } from './operation.js';
import { maxTags, readArn, readDocument, tagsSchema } from './documents.js';
import { ServiceError } from './service-error.js';
import type { Json } from './wire.js';

/** `/tags/<ARN>` */
export function vodTags(store: VodStore): Readonly<Record<'list' | 'add' | 'remove', Run>> {
  const tables = {
    assets: store.assets,
    'packaging-configurations': store.configurations,
    'packaging-groups': store.groups,
  };

  /** @throws ServiceError 404 */
  async function change(arn: string, to: (tags: Tags) => Tags): Promise<undefined> {
    const { kind, id } = readArn(arn);
    if (!(await tables[kind].update(id, (body) => ({ ...body, Tags: to(tagsOf(body)) })))) throw nothing(arn);
    return undefined;
  }

  return {
    async list({ id: arn }: Operation): Promise<Json> {
      const { kind, id } = readArn(arn);
      const item = await tables[kind].find(id);
      if (!item) throw nothing(arn);
      return { Tags: tagsOf(item.body) };
    },
    async add({ id: arn, body }: Operation): Promise<undefined> {
      const added = readDocument(body, tagsSchema).Tags;
      return change(arn, (tags) => {
        const all = { ...tags, ...added };
        if (Object.keys(all).length <= maxTags) return all;
        throw new ServiceError('UnprocessableEntityException', `tags: at most ${maxTags} are allowed`);
      });
    },
    async remove({ id: arn, query }: Operation): Promise<undefined> {
      const gone = new Set(query.getAll('tagKeys'));
      if (gone.size === 0)
        throw new ServiceError('UnprocessableEntityException', 'tagKeys: the keys of the tags to remove are needed');
      return change(arn, (tags) => Object.fromEntries(Object.entries(tags).filter(([key]) => !gone.has(key))));
    },
  };
}

type Tags = Readonly<Record<string, string>>;

const tagsOf = (body: VodBody): Tags => (body.Tags ?? {}) as Tags;

function nothing(arn: string): ServiceError {
  return new ServiceError('NotFoundException', `There is nothing with the ARN ${arn}.`);
}
