import type { VodItem, VodStore, VodTable } from '../../status/vod-store.js';
import type { Operation, Run } from './operation.js';
import { readArn, readDocument, tagsSchema } from './documents.js';
import { ServiceError } from './service-error.js';
import type { Json } from './wire.js';

/** Tags of one thing, AWS's own limit. */
const maxTags = 50;

/** `/tags/<ARN>` */
export function vodTags(store: VodStore): Readonly<Record<'list' | 'add' | 'remove', Run>> {
  const tables = {
    assets: store.assets,
    'packaging-configurations': store.configurations,
    'packaging-groups': store.groups,
  };

  async function find(
    arn: string,
  ): Promise<{ table: VodTable; item: VodItem; tags: Readonly<Record<string, string>> }> {
    const { kind, id } = readArn(arn);
    const item = await tables[kind].find(id);
    if (!item) throw new ServiceError('NotFoundException', `There is nothing with the ARN ${arn}.`);
    return { table: tables[kind], item, tags: (item.body.Tags ?? {}) as Record<string, string> };
  }

  return {
    async list({ id: arn }: Operation): Promise<Json> {
      return { Tags: (await find(arn)).tags };
    },
    async add({ id: arn, body }: Operation): Promise<Json> {
      const { table, item, tags } = await find(arn);
      const Tags = { ...tags, ...readDocument(body, tagsSchema).Tags };
      if (Object.keys(Tags).length > maxTags)
        throw new ServiceError('UnprocessableEntityException', `tags: at most ${maxTags} are allowed`);
      await table.update(item.id, { ...item.body, Tags });
      return {};
    },
    async remove({ id: arn, query }: Operation): Promise<Json> {
      const { table, item, tags } = await find(arn);
      const gone = new Set(query.getAll('tagKeys'));
      const Tags = Object.fromEntries(Object.entries(tags).filter(([key]) => !gone.has(key)));
      await table.update(item.id, { ...item.body, Tags });
      return {};
    },
  };
}
