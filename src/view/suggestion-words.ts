import type { Quantities } from './quantities.js';

/** A class that a recording may belong to, as `/api/recordings/{uuid}` says it. */
interface Suggestion {
  readonly because: 'meeting' | 'topic' | 'time';
  /** negative: the recording began earlier */
  readonly minutesLate: number;
}

const becauseWords: Record<Suggestion['because'], string> = {
  meeting: 'its meeting has this class',
  topic: 'the topic names this course',
  time: 'it takes place at that time',
};

/** Why a class is suggested, and how far the recording is from its time: `its meeting has this class; it began 1 h later`. */
export function suggestionWords(
  { because, minutesLate }: Suggestion,
  { duration }: Pick<Quantities, 'duration'>,
): string {
  const side = minutesLate > 0 ? 'later' : 'earlier';
  const late = minutesLate === 0 ? 'at its time' : `${duration(Math.abs(minutesLate) * 60_000)} ${side}`;
  return `${becauseWords[because]}; it began ${late}`;
}
