import { z } from 'zod';
import { inventoryObjectSchema } from '../domain/inventory-schema.js';
import type { InventoryObject } from '../domain/inventory.js';

/** `claim.json`. */
export interface Claim {
  readonly version: 1;
  readonly subject: string;
  readonly fingerprint: string;
  /** Every key that this work writes, and those of earlier work that it has yet to remove. */
  readonly keys: readonly string[];
  /** Of a harvest: the manifests that it goes by, when all that is in place was brought over for them. */
  readonly revision?: string | undefined;
  /** Of a harvest: what keys are appended to, to have their addresses, when that is so of all that is in place. */
  readonly root?: string | undefined;
}

export interface JournalBatch {
  readonly version: 1;
  readonly fingerprint: string;
  readonly objects: readonly InventoryObject[];
}

/** Apart from the journal, so that a job that finds none need not load zod (80 ms). */
export const claimSchema = z.object({
  version: z.literal(1),
  subject: z.string(),
  fingerprint: z.string(),
  keys: z.array(z.string()),
  revision: z.string().optional(),
  root: z.string().optional(),
}) satisfies z.ZodType<Claim>;

export const batchSchema = z.object({
  version: z.literal(1),
  fingerprint: z.string(),
  objects: z.array(inventoryObjectSchema),
}) satisfies z.ZodType<JournalBatch>;

/** undefined when the text is not JSON of that shape. */
export function parseAs<T>(schema: z.ZodType<T>, text: string): T | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
