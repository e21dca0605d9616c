import { identifierSchema } from '../../domain/asset.js';
import type { VodItem, VodTable } from '../../status/vod-store.js';
import { ServiceError } from './service-error.js';

/** items of a page, at most, and when nothing is asked for */
const largestPage = 1000;
const defaultPage = 100;

export interface Page {
  readonly items: readonly VodItem[];
  /** Opaque to clients. */
  readonly nextToken?: string;
}

/**
 * One page of a listing: `maxResults`, `nextToken`, and `packagingGroupId` where the listing has it.
 * @throws ServiceError 422
 */
export async function listPage(table: VodTable, query: URLSearchParams): Promise<Page> {
  const limit = readLimit(query.get('maxResults'));
  const after = readToken(query.get('nextToken'));
  const groupId = query.get('packagingGroupId') ?? undefined;
  const page = { limit: limit + 1, ...(after !== undefined && { after }), ...(groupId !== undefined && { groupId }) };
  const found = await table.list(page);
  const items = found.slice(0, limit);
  const last = found.length > limit ? items.at(-1) : undefined;
  return { items, ...(last && { nextToken: Buffer.from(last.id).toString('base64url') }) };
}

function readLimit(text: string | null): number {
  if (text === null) return defaultPage;
  const limit = Number(text);
  if (/^\d{1,4}$/.test(text) && limit >= 1 && limit <= largestPage) return limit;
  throw new ServiceError(
    'UnprocessableEntityException',
    `maxResults: 1 to ${largestPage} are allowed; given: ${text.slice(0, 60)}`,
  );
}

function readToken(token: string | null): string | undefined {
  if (token === null) return undefined;
  const id = identifierSchema.safeParse(Buffer.from(token, 'base64url').toString());
  if (id.success) return id.data;
  throw new ServiceError('UnprocessableEntityException', 'nextToken: it is not one that a listing gave');
}
