/**
 * Ticks of one timescale in another, rounded to the nearest (halves up).
 * Whole and rest are scaled apart so that nothing exceeds 2^53 (a product of ticks and timescale could).
 */
export function rescale(ticks: number, from: number, to: number): number {
  const whole = Math.floor(ticks / from);
  const rest = ticks - whole * from;
  return whole * to + Math.round((rest * to) / from);
}
