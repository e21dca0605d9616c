import { z } from 'zod';
import { Failure } from '../../domain/failure.js';
import { identifierSchema } from '../../domain/asset.js';
import {
  parsePackagingGroup,
  type PackagingConfiguration,
  type PackagingGroup,
} from '../../domain/packaging-configuration.js';
import { groupValidationSchema, packagingGroupSchema, problemSchema } from '../contract.js';
import type { ApiServer } from '../http-types.js';
import type { PackagingGroupFolder } from '../../status/packaging-groups.js';

export interface PackagingGroupServices {
  readonly packagingGroups: PackagingGroupFolder;
  /** @throws Failure configuration_unsupported naming every field that no egress of this server can honour */
  readonly checkConfiguration: (configuration: PackagingConfiguration) => void;
}

const params = z.object({ id: identifierSchema });
const security = [{ token: [] }];
const tags = ['packaging groups'];

/** Local packaging groups: what an asset's request names as `PackagingGroupId`. */
export function packagingGroupRoutes(
  app: ApiServer,
  { packagingGroups, checkConfiguration }: PackagingGroupServices,
): void {
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
      return { id, configurations: [...found.group.configurations], file: found.file };
    },
  );

  app.put(
    '/api/packaging-groups/:id',
    {
      config: { role: 'admin' },
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
      file: body,
    }),
  );

  app.post(
    '/api/packaging-groups/validate',
    {
      config: { role: 'viewer' },
      schema: {
        summary: 'Say what is wrong with a packaging group, and store nothing',
        ...{ tags, security, body: z.unknown() },
        response: { 200: groupValidationSchema },
      },
    },
    ({ body }) => validation(body, checkConfiguration),
  );
}

/** Everything that is wrong at once: what cannot be read, or else what this server cannot honour. */
function validation(
  body: unknown,
  check: PackagingGroupServices['checkConfiguration'],
): z.output<typeof groupValidationSchema> {
  let group: PackagingGroup | undefined;
  const problems = [...problemsOf(() => (group = parsePackagingGroup(body)))];
  const configurations = group?.configurations ?? [];
  if (group?.egress === 'embedded')
    problems.push(...configurations.flatMap((configuration) => problemsOf(() => check(configuration))));
  return {
    valid: problems.length === 0,
    problems,
    configurations: configurations.map((configuration) => ({
      id: configuration.Id,
      type: Object.keys(configuration).find((key) => key.endsWith('Package')) ?? '',
    })),
  };
}

function problemsOf(check: () => void): readonly string[] {
  try {
    check();
    return [];
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { problems } = error.details;
    return Array.isArray(problems) ? (problems as readonly string[]) : [error.message];
  }
}
