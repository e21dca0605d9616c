import { parse } from 'csv-parse/sync';
import { Failure } from '../../domain/failure.js';
import type { ReadSchedule } from '../../domain/schedule.js';
import { readTimetable } from './timetable-rows.js';

/** bytes; a university's timetable has some thousand rows */
export const timetableLimit = 16 * 1024 * 1024;

/** @throws Failure too_large; schedule_invalid when the file was in another coding than UTF-8, of which U+FFFD in the text tells */
export function checkTimetable(text: string, source: string): void {
  if (text.length > timetableLimit)
    throw new Failure('too_large', `${source} is larger than ${timetableLimit} bytes, which a timetable may have.`);
  const at = text.indexOf('\ufffd');
  if (at === -1) return;
  const line = text.slice(0, at).split('\n').length;
  throw new Failure(
    'schedule_invalid',
    `${source} is not in UTF-8: line ${line} has bytes that are no letter there. Save it as UTF-8 (in Excel as "CSV UTF-8") and give it again.`,
    { details: { source, line } },
  );
}

/**
 * Reads a timetable in CSV (RFC 4180; quotes that stand anywhere and rows of any length are taken, as spreadsheets write them).
 * @throws Failure schedule_invalid when it is no CSV, not in UTF-8 or lacks a column, too_large
 */
export function readCsvTimetable(text: string, source: string): ReadSchedule {
  checkTimetable(text, source);
  const rows = parseCsv(text, source).map(({ record, info }) => ({ line: lineOf(record, info.lines), cells: record }));
  return readTimetable(rows, source);
}

interface Parsed {
  readonly record: string[];
  /** `lines` is the line on which the record ends */
  readonly info: { readonly lines: number };
}

function parseCsv(text: string, source: string): Parsed[] {
  try {
    const options = {
      info: true,
      bom: true,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
    } as const;
    return parse(text, options) as unknown as Parsed[];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Failure('schedule_invalid', `${source} is no CSV: ${reason}`, { details: { source }, cause: error });
  }
}

/** Where the record begins: cells in quotes may have several lines. */
function lineOf(record: readonly string[], endLine: number): number {
  return endLine - record.reduce((sum, cell) => sum + (cell.match(/\r\n|\r|\n/g)?.length ?? 0), 0);
}
