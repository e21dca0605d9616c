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
 * @param decodeTimes ticks of 90 kHz
 */
export function frameRate(
  decodeTimes: readonly number[],
  said: readonly [number, number] | undefined,
): readonly [number, number] | undefined {
  const ticks = (decodeTimes.at(-1) ?? 0) - (decodeTimes[0] ?? 0);
  if (ticks <= 0) return said;
  const measured = (90_000 * (decodeTimes.length - 1)) / ticks;
  const agrees = ([frames, seconds]: readonly [number, number]) =>
    Math.abs(frames / seconds / measured - 1) <= tolerance;
  if (said && agrees(said)) return said;
  return usualRates.find(agrees) ?? [Math.round(measured * 1000), 1000];
}
