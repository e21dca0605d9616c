import { expect, it } from 'vitest';
import {
  audioTrack,
  regularCuts,
  rendition,
  syntheticIndex,
  videoTrack,
} from '../../../test/support/synthetic-index.js';
import { checkPresentation } from '../rules/check-manifest.js';
import type { AdBreak } from './ad-breaks.js';
import { planPresentation } from './plan-presentation.js';
import { splitPeriods } from './split-periods.js';
import { writeManifests } from './write-manifests.js';

const media = { groupIds: ['a'], name: 'English', default: true, autoselect: true };

/** Four segments of 4 s; sound in segments of its own that begin so much later, a break from 4 to 8 s. */
function source(later: number) {
  const cuts = regularCuts(4, 4);
  const sound = cuts.map((time, index) => (index > 0 && index < cuts.length - 1 ? time + later : time));
  const segments = { 1: { markers: ['EXT-X-CUE-OUT:4'] }, 2: { markers: ['EXT-X-CUE-IN'] } };
  const variant = { bandwidth: 1000, audioGroups: ['a'] };
  return syntheticIndex(
    rendition({ uri: 'v', tracks: [videoTrack()], cuts: [cuts], variant, segments }),
    rendition({ uri: 'a', tracks: [audioTrack('a')], cuts: [sound], media }),
  );
}

function parts(later: number) {
  const whole = planPresentation(source(later), {
    Id: 'test',
    DashPackage: { DashManifests: [{ ManifestName: 'index' }] },
  });
  const each: AdBreak = { cue: { time: 360_000, out: true }, start: 360_000, end: 720_000, from: 4, to: 8 };
  const { presentation } = splitPeriods(whole, [[each]]);
  return presentation.tracks.map(({ kind, periods }) => [
    kind,
    periods.map(({ segments }) => segments.map(({ number }) => number)),
  ]);
}

it('puts segments into the part of the period where they are', () => {
  expect(parts(0.05)).toEqual([
    ['video', [[1], [2], [3, 4]]],
    ['audio', [[1], [2], [3, 4]]],
  ]);
});

it('lists sound that lies far across a cut in both parts, so that neither lacks it', () => {
  expect(parts(0.5)).toEqual([
    ['video', [[1], [2], [3, 4]]],
    ['audio', [[1], [1, 2], [2, 3, 4]]],
  ]);
});

it.each([0.05, 0.5])('breaks no rule where sound lies %d s across a cut', (later) => {
  const presentation = planPresentation(source(later), {
    Id: 'test',
    DashPackage: { DashManifests: [{ ManifestName: 'index' }], PeriodTriggers: ['ADS'] },
  });
  const outputs = presentation.tasks.flatMap((task) => task.outputs);
  const facts = new Map(outputs.map(({ name }) => [name, { size: 1000 }]));
  const files = writeManifests(presentation, facts);
  expect(files[0]!.text.match(/<Period /g)).toHaveLength(3);
  expect(checkPresentation(presentation, files, facts)).toEqual([]);
});

it('begins with a break that begins with the first picture, though sound is a moment earlier', () => {
  const cuts = [0.05, 4, 8, 12, 16];
  const segments = { 0: { markers: ['EXT-X-CUE-OUT:4'] }, 1: { markers: ['EXT-X-CUE-IN'] } };
  const index = syntheticIndex(
    rendition({
      uri: 'v',
      tracks: [videoTrack()],
      cuts: [cuts],
      variant: { bandwidth: 1000, audioGroups: ['a'] },
      segments,
    }),
    rendition({ uri: 'a', tracks: [audioTrack('a')], cuts: [regularCuts(4, 4)], media }),
  );
  const presentation = planPresentation(index, {
    Id: 'test',
    DashPackage: { DashManifests: [{ ManifestName: 'index' }], PeriodTriggers: ['ADS'] },
  });
  const outputs = presentation.tasks.flatMap((task) => task.outputs);
  const facts = new Map(outputs.map(({ name }) => [name, { size: 1000 }]));
  const files = writeManifests(presentation, facts);
  expect(files[0]!.text.match(/<Period [^>]*>/g)).toEqual([
    '<Period id="1" start="PT0S" duration="PT4S">',
    '<Period id="2" start="PT4S" duration="PT12S">',
  ]);
  expect(checkPresentation(presentation, files, facts)).toEqual([]);
});
