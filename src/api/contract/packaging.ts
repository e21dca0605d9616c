import { z } from 'zod';

/** The shapes of packaging groups and of files that are uploaded to be packaged; part of `api/contract`. */

/** The configurations are MediaPackage VOD's PackagingConfiguration, in PascalCase. */
export const packagingGroupSchema = z
  .object({
    id: z.string(),
    configurations: z.array(z.looseObject({ Id: z.string() })),
    file: z
      .unknown()
      .describe('As it was written, with what is beside the configurations: to be changed and stored again.'),
  })
  .meta({ id: 'PackagingGroup' });

export const groupValidationSchema = z
  .object({
    valid: z.boolean(),
    problems: z.array(z.string()).describe('Every field that is wrong, or that this server cannot honour.'),
    fields: z
      .array(
        z.object({
          configuration: z.int().nullable().describe('Its place in the list, from 0; null: the file itself.'),
          field: z.string().describe('`CmafPackage.HlsManifests.0.ManifestName`; empty: all of it.'),
          message: z.string(),
        }),
      )
      .describe('The same problems by field.'),
    configurations: z.array(z.object({ id: z.string(), type: z.string() })).describe('What was understood.'),
  })
  .meta({ id: 'GroupValidation' });

export const packagingFieldsSchema = z
  .array(
    z.object({
      field: z.string().describe('`CmafPackage.HlsManifests.AdMarkers`'),
      kind: z.enum(['text', 'number', 'flag', 'choice', 'choices', 'list', 'object']),
      choices: z.array(z.string()),
      least: z.number().nullable(),
      most: z.number().nullable(),
      standard: z.string().nullable().describe('What counts when it is left out.'),
      required: z.boolean(),
      meaning: z.string().describe('What it does here.'),
      refused: z.string().nullable().describe('Why this server cannot honour it; null: it does.'),
    }),
  )
  .meta({ id: 'PackagingFields' });

export const uploadRulesSchema = z
  .object({
    limit: z.number().describe('bytes; 0: nothing can be uploaded'),
    free: z.boolean().describe('Whether no asset has this id.'),
  })
  .meta({ id: 'UploadRules' });

export const uploadedSchema = z
  .object({ source: z.string().describe('For the request that makes the asset.'), bytes: z.number() })
  .meta({ id: 'Uploaded' });

export type PackagingGroup = z.output<typeof packagingGroupSchema>;
export type GroupValidation = z.output<typeof groupValidationSchema>;
export type PackagingField = z.output<typeof packagingFieldsSchema>[number];
export type UploadRules = z.output<typeof uploadRulesSchema>;
export type Uploaded = z.output<typeof uploadedSchema>;
