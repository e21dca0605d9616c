import { z } from 'zod';
import { Failure } from '../domain/failure.js';
import type { ReadSchedule, RowProblem, ScheduleDifference } from '../domain/schedule.js';
import type { TimetableSource } from '../source/timetable/google-sheets.js';
import type { ScheduleTable } from '../status/schedule-table.js';
import { defineWorkflow } from './definition.js';
import { rematch, rematchFor, type TakeServices } from './take-recording.js';

export interface ScheduleServices extends TakeServices {
  readonly schedule: ScheduleTable;
  /** undefined: no spreadsheet was set. */
  readonly sheets: TimetableSource | undefined;
}

/** What an import or a look at the spreadsheet did, or would do. */
export interface ScheduleReport extends ScheduleDifference {
  readonly source: string;
  readonly problems: readonly RowProblem[];
  /** Recordings that had waited for a class and now have one. */
  readonly rematched: number;
}

export interface ApplyOptions {
  readonly dryRun?: boolean;
  /** An empty schedule is meant. */
  readonly mayEmpty?: boolean;
}

/** Puts a schedule in the place of the source's last one, and looks again at the recordings that wait for a class. */
export async function applySchedule(
  services: ScheduleServices,
  source: string,
  { classes, problems }: ReadSchedule,
  { dryRun = false, mayEmpty = false }: ApplyOptions = {},
): Promise<ScheduleReport> {
  const { schedule } = services;
  if (dryRun) return { source, problems, rematched: 0, ...(await schedule.compare(source, classes)) };
  const difference = await schedule.replace(source, classes, { mayEmpty });
  const rematched = await rematch(services, Date.now() - rematchFor);
  return { source, problems, rematched, ...difference };
}

/** @throws Failure invalid_settings when no spreadsheet was set; those of TimetableSource and ScheduleTable */
export async function syncSheets(
  services: ScheduleServices,
  options: ApplyOptions & { signal?: AbortSignal } = {},
): Promise<ScheduleReport> {
  const { sheets } = services;
  if (!sheets) {
    const needed = 'GSHEETS_DOC_ID, GSHEETS_SHEET_NAMES and GSHEETS_CREDENTIALS_FILE';
    throw new Failure('invalid_settings', `No spreadsheet is set: ${needed} are needed.`);
  }
  return applySchedule(services, 'sheets', await sheets.read(options.signal), options);
}

/** Reads the spreadsheet again, now and then. Its job id is `schedule:<time>`. */
export function syncSchedule(services: ScheduleServices) {
  return defineWorkflow<
    { at: string },
    { problems: number; added: number; removed: number; changed: number; rematched: number }
  >({
    name: 'sync-schedule',
    queue: 'upkeep',
    input: z.object({ at: z.string() }),
    title: ({ at }) => `class schedule of ${at}`,
    run: (_, job) =>
      job.step('read the spreadsheet', async ({ signal }) => {
        const { problems, added, removed, changed, rematched } = await syncSheets(services, { signal });
        return {
          ...{ problems: problems.length, added: added.length, removed: removed.length, changed: changed.length },
          rematched,
        };
      }),
  });
}
