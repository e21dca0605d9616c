import { z } from 'zod';
import type { Inventory, InventoryObject } from './inventory.js';

/** Apart from the types, so that a command that reads no inventory need not load zod (80 ms). */
export const inventoryObjectSchema = z.object({
  key: z.string(),
  size: z.int().nonnegative(),
  digest: z.templateLiteral([z.enum(['crc32', 'sha256']), ':', z.string()]),
  etag: z.string().optional(),
  contentType: z.string(),
}) satisfies z.ZodType<InventoryObject>;

export const inventorySchema = z.object({
  version: z.literal(1),
  subject: z.string(),
  fingerprint: z.string(),
  completedAt: z.iso.datetime(),
  entries: z.array(z.string()),
  objects: z.array(inventoryObjectSchema),
}) satisfies z.ZodType<Inventory>;
