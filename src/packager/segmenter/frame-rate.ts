/** Rates that video is made at, frames per seconds. */
const usualRates: readonly (readonly [number, number])[] = [
  ...[24, 30, 48, 60, 120].flatMap((rate) => [[rate * 1000, 1001] as const, [rate, 1] as const]),
  ...[5, 6, 8, 10, 12, 15, 20, 25, 50, 100].map((rate) => [rate, 1] as const),
  [12_000, 1001],
  [15_000, 1001],
];

/** Rounding of time stamps to ticks moves a measured rate by less; 30 and 30000/1001 are twice as far apart. */
const tolerance = 0.0005;

/**
 * The frame rate that decode times show: what the stream says of itself if it agrees, a usual one if that does, else to a thousandth.
 * What the stream says alone where there is nothing to measure.
 * @param ticks that so many frames last
 */
export function frameRate(
  { frames, ticks, timescale }: { frames: number; ticks: number; timescale: number },
  said: readonly [number, number] | undefined,
): readonly [number, number] | undefined {
  if (ticks <= 0) return said;
  const measured = (timescale * frames) / ticks;
  const agrees = ([count, seconds]: readonly [number, number]) => Math.abs(count / seconds / measured - 1) <= tolerance;
  if (said && agrees(said)) return said;
  return usualRates.find(agrees) ?? [Math.round(measured * 1000), 1000];
}
