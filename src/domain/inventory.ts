import { z } from 'zod';

/**
 * The completion marker of an endpoint or recording: `.reelway/inventory.json` beside it, written last.
 * What it lists is there, with these sizes and digests; without it nothing is announced.
 */
export const inventorySchema = z.object({
  version: z.literal(1),
  /** What was made, e.g. asset and configuration id. */
  subject: z.string(),
  /** Fingerprint of source and configuration: another one means that this is other work. */
  fingerprint: z.string(),
  completedAt: z.iso.datetime(),
  /** Keys of the manifests that a player opens, relative to the inventory's folder. */
  entries: z.array(z.string()),
  objects: z.array(
    z.object({
      /** relative to the folder that holds `.reelway/` */
      key: z.string(),
      size: z.int().nonnegative(),
      digest: z.templateLiteral([z.enum(['crc32', 'sha256']), ':', z.string()]),
      /** What the store called this content when it was written, where it has such a thing: saves reading it again to verify it. */
      etag: z.string().optional(),
      contentType: z.string(),
    }),
  ),
});

export type Inventory = z.infer<typeof inventorySchema>;
export type InventoryObject = Inventory['objects'][number];

/** Relative to the folder of the endpoint. */
export const inventoryKey = '.reelway/inventory.json';
