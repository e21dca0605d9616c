import type { RuleProblem } from '../rules/problem.js';

/** Boxes that cannot be read at all are a problem like any other. */
export function boxRules(
  file: string,
  bytes: Uint8Array,
  check: (file: string, bytes: Uint8Array) => RuleProblem[],
): RuleProblem[] {
  try {
    return check(file, bytes);
  } catch (error) {
    return [{ rule: 'cmaf.boxes', file, message: (error as Error).message }];
  }
}
