import { z } from 'zod';
import { Failure } from '../../domain/failure.js';
import { identifierSchema } from '../../domain/asset.js';
import {
  readPackagingGroup,
  type GroupProblem,
  type PackagingConfiguration,
} from '../../domain/packaging-configuration.js';
import { packagingFields } from '../../domain/packaging-fields.js';
import { problemSchema } from '../contract.js';
import {
  groupValidationSchema,
  packagingFieldsSchema,
  packagingGroupSchema,
  type GroupValidation,
} from '../contract/packaging.js';
import type { ApiServer } from '../http-types.js';
import type { PackagingGroups } from '../../status/packaging-groups.js';

export interface PackagingGroupServices {
  readonly packagingGroups: PackagingGroups;
  readonly packagingVerdicts: PackagingVerdicts;
}

/** What no egress of this server can honour. */
export interface PackagingVerdicts {
  /** Everything in a configuration that is refused: the field without places in lists, and the reason. */
  readonly refusals: (configuration: PackagingConfiguration) => readonly { field: string; reason: string }[];
  /** Fields that are never honoured, each with the reason. */
  readonly refused: Readonly<Record<string, string>>;
}

const params = z.object({ id: identifierSchema });
const security = [{ token: [] }];
const tags = ['packaging groups'];

/** Packaging groups: what an asset's request names as `PackagingGroupId`. */
export function packagingGroupRoutes(
  app: ApiServer,
  { packagingGroups, packagingVerdicts }: PackagingGroupServices,
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
    ({ body }) => validation(body, packagingVerdicts),
  );

  app.get(
    '/api/packaging-fields',
    {
      schema: {
        summary: 'Every field of a packaging configuration: what it may be, and what becomes of it here',
        ...{ tags, security, response: { 200: packagingFieldsSchema } },
      },
    },
    () =>
      packagingFields().map(({ choices, least = null, most = null, standard = null, ...field }) => ({
        ...{ ...field, least, most, standard, choices: [...choices] },
        refused: packagingVerdicts.refused[field.field] ?? null,
      })),
  );
}

/** Everything that is wrong at once: what cannot be read, or else what this server cannot honour. */
function validation(body: unknown, { refusals }: PackagingVerdicts): GroupValidation {
  const { group, problems: unreadable } = readGroup(body);
  const { configurations } = group;
  const problems = [
    ...unreadable,
    ...(unreadable.length > 0
      ? []
      : configurations.flatMap((configuration, index) =>
          refusals(configuration).map(({ field, reason }) => ({
            ...{ configuration: index, field, message: reason },
            text: `${configuration.Id}.${field}: ${reason}`,
          })),
        )),
  ];
  return {
    valid: problems.length === 0,
    problems: problems.map(({ text }) => text),
    fields: problems.map(({ configuration = null, field, message }) => ({ configuration, field, message })),
    configurations: configurations.map((configuration) => ({
      id: configuration.Id,
      type: Object.keys(configuration).find((key) => key.endsWith('Package')) ?? '',
    })),
  };
}

/** What is nested too deeply to be looked at is one more problem. */
function readGroup(body: unknown): ReturnType<typeof readPackagingGroup> {
  try {
    return readPackagingGroup(body);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const problem: GroupProblem = { configuration: undefined, field: '', message: error.message, text: error.message };
    return { group: { id: undefined, egress: 'embedded', configurations: [] }, problems: [problem] };
  }
}
