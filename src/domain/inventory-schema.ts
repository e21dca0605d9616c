import { z } from 'zod';
import type { Inventory, InventoryObject } from './inventory.js';

const segmentFacts = {
  splices: z.array(z.object({ time: z.int(), section: z.string() })).optional(),
  iFrames: z.array(z.object({ time: z.int(), offset: z.int().nonnegative(), length: z.int().positive() })).optional(),
};

/** Apart from the types, so that a command that reads no inventory need not load zod (80 ms). */
export const inventoryObjectSchema = z.object({
  key: z.string(),
  size: z.int().nonnegative(),
  digest: z.templateLiteral([z.enum(['crc32', 'sha256']), ':', z.string()]),
  etag: z.string().optional(),
  contentType: z.string(),
  origin: z.object({ etag: z.string().optional(), lastModified: z.string().optional() }).optional(),
  ...segmentFacts,
  segments: z.array(z.object({ size: z.int().nonnegative(), ...segmentFacts })).optional(),
}) satisfies z.ZodType<InventoryObject>;

export const inventorySchema = z.object({
  version: z.literal(1),
  subject: z.string(),
  fingerprint: z.string(),
  completedAt: z.iso.datetime(),
  entries: z.array(z.string()),
  objects: z.array(inventoryObjectSchema),
  harvest: z
    .object({
      source: z.string(),
      root: z.string(),
      former: z.array(z.string()),
      query: z.string().optional(),
      revision: z.string(),
      durationMs: z.number(),
    })
    .optional(),
}) satisfies z.ZodType<Inventory>;
