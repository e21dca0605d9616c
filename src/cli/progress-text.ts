import { progressFacts } from '../view/progress-facts.js';
import type { Rate } from '../view/progress-rate.js';
import type { Measure } from './measure.js';
import { quantities } from './quantity.js';
import { styled } from './text-style.js';

/** share of the columns that is a bar's, whatever is written beside it: one that changed its length would be no measure */
const barShare = 0.25;
/** columns of a bar: the longest, and the shortest that still says something */
const longestBar = 30;
const shortestBar = 6;

interface BarOptions {
  /** columns that there are */
  readonly width: number;
  /** columns of the longest name beside it, so that bars stand below each other */
  readonly nameWidth: number;
  /** Is it a terminal of Unicode? */
  readonly unicode: boolean;
}

/** `cmaf ████████░░░░  62 %  124 of 200 segments, 38 MiB/s, 12 s left` */
export function barText(measure: Measure, rate: Rate | undefined, { width, nameWidth, unicode }: BarOptions): string {
  const name = nameWidth === 0 ? '' : `${measure.name.slice(0, nameWidth).padEnd(nameWidth)} `;
  const share = Math.min(longestBar, Math.floor((width - name.length) * barShare));
  const columns = share < shortestBar ? 0 : share;
  const filled = Math.floor((columns * percent(measure)) / 100);
  const [full, empty] = unicode ? ['█', '░'] : ['#', '-'];
  const bar =
    columns === 0 ? '' : `${styled('green', full.repeat(filled))}${styled('dim', empty.repeat(columns - filled))} `;
  const facts = `${String(percent(measure)).padStart(3)} %  ${progressFacts(measure, rate, quantities).join(', ')}`;
  return name + bar + facts.slice(0, Math.max(0, width - name.length - (columns === 0 ? 0 : columns + 1)));
}

/** `cmaf: 124 of 200 segments, 62 %, 38 MiB/s, 12 s left` */
export function plainText(measure: Measure, rate: Rate | undefined): string {
  const [count = '', ...rest] = progressFacts(measure, rate, quantities);
  const name = measure.name === '' ? '' : `${measure.name}: `;
  return name + [count, `${percent(measure)} %`, ...rest].join(', ');
}

function percent({ done, total }: Measure): number {
  return Math.min(100, Math.floor((100 * done) / Math.max(1, total)));
}
