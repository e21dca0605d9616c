import { inject } from 'vitest';
import type { Tool } from './provision.js';

/**
 * Are all of these programs here? For `describe.runIf(requires('ffmpeg'))('...')`: naming them is also what makes `npm test` bring them
 * before the run (global-setup.ts), so name them as string literals in the test file itself. What stays missing is listed after the run.
 */
export function requires(...wanted: Tool[]): boolean {
  const { missing } = inject('provision');
  return wanted.every((tool) => !(tool in missing));
}
