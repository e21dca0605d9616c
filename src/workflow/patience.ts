import type { StepOptions } from './definition.js';

/**
 * Of steps that wait for Zoom or Opencast: half a day without either costs nothing but time. With pauses of up to ten minutes that are about
 * fifteen hours; after that somebody should look.
 */
export const patient: StepOptions = { attempts: 100, pauseMs: 1000, longestPauseMs: 600_000 };
