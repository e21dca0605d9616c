import type { Recording } from '../domain/recording.js';
import type { IgnoredOutcome } from '../domain/recording-outcome.js';
import type { ScheduledClass } from '../domain/schedule.js';
import type { IngestRequest } from '../domain/work-request.js';
import { matchSchedule, type MatchRules, type Timed } from './match-schedule.js';

export interface IntakeRules extends MatchRules {
  /** minutes; what is shorter is not ingested */
  readonly minimumDuration: number;
  /** for what no class is found for */
  readonly defaultSeriesId: string | undefined;
}

/** What is known beside the recording itself. */
export interface IntakeFacts {
  /** recordings of the same meeting */
  readonly others: readonly Timed[];
  readonly classes: readonly ScheduledClass[];
  /** The series that a person named. */
  readonly seriesId?: string | undefined;
}

export type Decision =
  | {
      readonly kind: 'ingest';
      readonly series: IngestRequest['series'];
      /** as the class says */
      readonly publish?: IngestRequest['publish'];
    }
  /** `awaitsSchedule`: a later schedule may have its class */
  | {
      readonly kind: 'ignore';
      readonly reason: string;
      readonly outcome: IgnoredOutcome;
      readonly awaitsSchedule: boolean;
    };

/** For what Zoom gives no duration of, which it does at times: from the begin of the first file to the end of the last. */
function minutesOfFiles({ files }: Recording): number {
  const starts = files.flatMap(({ recordingStart: start }) => (start === undefined ? [] : [Date.parse(start)]));
  const ends = files.flatMap(({ recordingEnd: end }) => (end === undefined ? [] : [Date.parse(end)]));
  if (starts.length === 0 || ends.length === 0) return 0;
  return Math.floor((Math.max(...ends) - Math.min(...starts)) / 60_000);
}

/** The title of what no class gives one. */
const defaultTitle = 'Lecture';

/**
 * Is the recording work, and for which series? A person's word comes first, then the schedule, then the default series. The reasons
 * are zoom-recording-ingester's.
 */
export function decideIngest(recording: Recording, facts: IntakeFacts, rules: IntakeRules): Decision {
  const ignore = (reason: string, outcome: IgnoredOutcome): Decision => ({
    ...{ kind: 'ignore', reason, outcome },
    awaitsSchedule: outcome === 'unmatched',
  });
  if (!recording.files.some(({ fileType }) => ['mp4', 'm4a'].includes(fileType.toLowerCase())))
    return ignore('No mp4 files', 'ignored');
  if ((recording.durationMinutes || minutesOfFiles(recording)) < rules.minimumDuration)
    return ignore(`Recording <${rules.minimumDuration} minutes`, 'too_short');
  const found = matchSchedule(recording, facts.others, facts.classes, rules);
  const id = facts.seriesId ?? found?.seriesId ?? rules.defaultSeriesId;
  if (id === undefined) return ignore('No opencast series match', 'unmatched');
  const title = found?.title ?? defaultTitle;
  // What the class says is about its series: somebody who names another one has other plans.
  const publish = found?.seriesId === id ? found.publish : undefined;
  return {
    kind: 'ingest',
    series: { id, title, ...(found && { type: found.title, courseCode: found.courseCode }) },
    ...(publish !== undefined && { publish }),
  };
}
