import { type AttributeList, readAttributeList } from '../../manifest/hls/attribute-list.js';
import type { AssetIndex, SourceDateRange } from '../model/asset-index.js';
import { readDateTime } from '../timing/date-time.js';
import type { SourceRendition } from './source-rendition.js';

/** Attributes of interstitials, RFC 8216bis Appendix D: addresses that mean nothing elsewhere when they are relative. */
const addresses = ['X-ASSET-URI', 'X-ASSET-LIST'];

/**
 * EXT-X-DATERANGE of the source's playlists, RFC 8216bis §4.4.5.1: renditions repeat each other's, so those of the first one that has any. Left out
 * with a note: all where no date says when they are, and those with relative addresses.
 */
export function sourceDateRanges(renditions: readonly SourceRendition[]): Pick<AssetIndex, 'dateRanges' | 'notes'> {
  const lists = renditions.find(({ dateRanges }) => dateRanges && dateRanges.length > 0)?.dateRanges ?? [];
  if (lists.length === 0) return { notes: [] };
  const dated = renditions.some(({ segments }) =>
    segments.some(({ programDateTime }) => programDateTime !== undefined),
  );
  if (!dated)
    return { notes: ['EXT-X-DATERANGE is left out: it needs EXT-X-PROGRAM-DATE-TIME, which the source has none of.'] };
  const notes: string[] = [];
  const dateRanges = lists.flatMap((list): SourceDateRange[] => {
    const attributes = readAttributeList(list, 0);
    const id = attributes.text('ID') ?? '';
    const start = readDateTime(attributes.text('START-DATE') ?? '');
    const relative = addresses.find((name) => !/^(?:https?:.*)?$/.test(attributes.text(name) ?? ''));
    if (relative === undefined && id !== '' && !Number.isNaN(start)) return [dateRange(list, start, attributes)];
    const reason = relative ? `${relative} is a relative address` : 'it needs ID and START-DATE';
    notes.push(`EXT-X-DATERANGE "${id.slice(0, 60)}" is left out: ${reason}.`);
    return [];
  });
  return { ...(dateRanges.length > 0 && { dateRanges }), notes };
}

function dateRange(list: string, start: number, attributes: AttributeList): SourceDateRange {
  const duration = attributes.number('DURATION');
  const announced = duration ?? attributes.number('PLANNED-DURATION');
  const end = readDateTime(attributes.text('END-DATE') ?? '');
  const after = Number.isNaN(end) ? duration && start + duration * 1000 : end;
  const splice = (['SCTE35-OUT', 'SCTE35-IN', 'SCTE35-CMD'] as const).find((name) => attributes.text(name));
  return {
    ...{ list, start },
    ...(after !== undefined && { end: after }),
    ...(announced !== undefined && { duration: announced }),
    ...(splice && { splice: { kind: splice, section: base64(attributes.text(splice) ?? '') } }),
  };
}

/** Of a hexadecimal sequence, `0xFC30...`. */
function base64(sequence: string): string {
  const bytes = sequence.replace(/^0x/i, '').match(/[\da-f]{2}/gi) ?? [];
  return btoa(bytes.map((byte) => String.fromCharCode(Number.parseInt(byte, 16))).join(''));
}
