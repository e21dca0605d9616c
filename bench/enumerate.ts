import { createHash } from 'node:crypto';
import { enumerate } from '../src/transfer/harvest/enumerate.js';
import { assignKeys } from '../src/transfer/harvest/keys.js';

/** Enumerates an MPD of half a million segments, each with an S of its own, and gives each its key; prints seconds, CPU seconds and peak memory. */
const segments = 500_000;
const representations = 5;
const runs = Array.from({ length: segments / representations }, (_, n) => `<S d="${180_000 + (n % 3)}"/>`).join('');
const sets = Array.from({ length: representations }, (_, n) => `<Representation id="v${n}" bandwidth="${n}000"/>`).join(
  '',
);
const mpd = Buffer.from(
  `<MPD mediaPresentationDuration="PT60H"><Period><AdaptationSet><SegmentTemplate timescale="90000" media="$RepresentationID$/$Time$.m4s" initialization="$RepresentationID$/init.mp4"><SegmentTimeline>${runs}</SegmentTimeline></SegmentTemplate>${sets}</AdaptationSet></Period></MPD>`,
);
const url = 'https://origin.example/vod/lecture/index.mpd';
const started = performance.now();
const before = process.cpuUsage();
const digest = `sha256:${createHash('sha256').update(mpd).digest('hex')}` as const;
const { resources } = await enumerate(url, () => Promise.resolve({ requested: url, url, bytes: mpd, digest }));
const addresses = [...resources].map((resource) => resource.url);
const { keys } = assignKeys(addresses);
const { user, system } = process.cpuUsage(before);
const peak = process.resourceUsage().maxRSS / 1024;
console.log(
  `${keys.length} resources of an MPD of ${(mpd.length / 1e6).toFixed(1)} MB: ${((performance.now() - started) / 1000).toFixed(2)} s, ${((user + system) / 1e6).toFixed(2)} CPU s, ${peak.toFixed(0)} MiB`,
);
