import { z } from 'zod';
import { Failure } from '../../domain/failure.js';
import { identifierSchema } from '../../domain/asset.js';
import { packagingGroupSchema, problemSchema } from '../contract.js';
import type { ApiServer } from '../http-types.js';
import type { PackagingGroupFolder } from '../../status/packaging-groups.js';

export type PackagingGroups = PackagingGroupFolder;

const params = z.object({ id: identifierSchema });
const security = [{ token: [] }];
const tags = ['packaging groups'];

/** Local packaging groups: what an asset's request names as `PackagingGroupId`. */
export function packagingGroupRoutes(app: ApiServer, { packagingGroups }: { packagingGroups: PackagingGroups }): void {
  app.get(
    '/api/packaging-groups',
    { schema: { summary: 'Ids of the packaging groups', tags, security, response: { 200: z.array(z.string()) } } },
    () => packagingGroups.list(),
  );

  app.get(
    '/api/packaging-groups/:id',
    {
      schema: {
        summary: 'A packaging group, as its file says',
        tags,
        security,
        params,
        response: { 200: packagingGroupSchema, 404: problemSchema },
      },
    },
    async ({ params: { id } }) => {
      const found = await packagingGroups.find(id);
      if (!found) throw new Failure('not_found', `There is no packaging group "${id}".`);
      return { id, configurations: [...found.group.configurations] };
    },
  );

  app.put(
    '/api/packaging-groups/:id',
    {
      schema: {
        summary: 'Make a packaging group, or replace it',
        description:
          'One PackagingConfiguration of MediaPackage VOD, a list of them, or { PackagingGroup, PackagingConfigurations }, in either casing.',
        tags,
        security,
        params,
        body: z.unknown(),
        response: { 200: packagingGroupSchema, 422: problemSchema },
      },
    },
    async ({ params: { id }, body }) => ({
      id,
      configurations: [...(await packagingGroups.save(id, body)).configurations],
    }),
  );
}
