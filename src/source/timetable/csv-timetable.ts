import { parse } from 'csv-parse/sync';
import { Failure } from '../../domain/failure.js';
import type { ReadSchedule } from '../../domain/schedule.js';
import { readTimetable } from './timetable-rows.js';

/** bytes; a university's timetable has some thousand rows */
export const timetableLimit = 16 * 1024 * 1024;

/**
 * Reads a timetable in CSV (RFC 4180; quotes that stand anywhere and rows of any length are taken, as spreadsheets write them).
 * @throws Failure schedule_invalid when it is no CSV or lacks a column, too_large
 */
export function readCsvTimetable(text: string, source: string): ReadSchedule {
  if (text.length > timetableLimit)
    throw new Failure('too_large', `${source} is larger than ${timetableLimit} bytes, which a timetable may have.`);
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
