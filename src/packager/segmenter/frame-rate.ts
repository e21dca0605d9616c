/** Rates that video is made at, frames per seconds. */
const usualRates: readonly (readonly [number, number])[] = [
  ...[24, 30, 48, 60, 120].flatMap((rate) => [[rate * 1000, 1001] as const, [rate, 1] as const]),
  ...[5, 6, 8, 10, 12, 15, 20, 25, 50, 100].map((rate) => [rate, 1] as const),
  [12_000, 1001],
  [15_000, 1001],
];

/** Rounding of time stamps to ticks moves a measured rate by less; 30 and 30000/1001 are twice as far apart. */
const tolerance = 0.0005;

/** What is known of some frames that follow each other. */
export interface MeasuredFrames {
  readonly frames: number;
  /** that so many frames last */
  readonly ticks: number;
  readonly timescale: number;
  /** Their times are whole milliseconds, as those that went through FLV, Matroska or RTMP: one more or less says nothing. */
  readonly inMilliseconds?: boolean;
}

/**
 * The frame rate that decode times show: what the stream says of itself if it agrees, the nearest usual one if that does, else to a thousandth.
 * What the stream says alone where there is nothing to measure.
 */
export function frameRate(
  { frames, ticks, timescale, inMilliseconds = false }: MeasuredFrames,
  said: readonly [number, number] | undefined,
): readonly [number, number] | undefined {
  if (ticks <= 0) return said;
  const allowed = Math.max(ticks * tolerance, inMilliseconds ? timescale / 1000 : 0);
  const off = ([count, seconds]: readonly [number, number]) => Math.abs(ticks - (frames * timescale * seconds) / count);
  if (said && off(said) <= allowed) return said;
  const [nearest] = usualRates.filter((rate) => off(rate) <= allowed).sort((a, b) => off(a) - off(b));
  return nearest ?? [Math.round((timescale * frames * 1000) / ticks), 1000];
}
