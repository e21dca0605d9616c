import { createHash } from 'node:crypto';
import type { HarvestFacts } from '../../domain/inventory.js';

/** What stands in an inventory of the address that a mirror came from: the query itself may be a secret. */
export function provenanceOf(url: string): Required<Pick<HarvestFacts, 'source' | 'query'>> {
  return {
    source: url.replace(/[?#].*/s, ''),
    query: createHash('sha256').update(new URL(url).search).digest('hex'),
  };
}
