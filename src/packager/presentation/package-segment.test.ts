import { expect, it } from 'vitest';
import { lengthPrefixed } from '../../../test/support/h264-writer.js';
import { memorySource } from '../../../test/support/memory-source.js';
import { type MadeTrack, writeMp4 } from '../../../test/support/mp4-writer.js';
import type { PackagingConfiguration } from '../../domain/packaging-configuration.js';
import { indexSource } from '../segmenter/asset-index.js';
import { packageSegment } from './package-segment.js';
import { planPresentation } from './plan-presentation.js';

/** Pictures with delimiters before them, as files have them that were transport streams. */
const sample = lengthPrefixed([Uint8Array.of(9, 0xf0), Uint8Array.of(0x65, 0x88, 0x84, 1)]);
const video: MadeTrack = {
  ...{ id: 1, kind: 'video', timescale: 12_800 },
  samples: Array.from({ length: 25 }, (_, at) => ({ data: new Uint8Array(sample), duration: 512, sync: at === 0 })),
};

it.each<[Omit<PackagingConfiguration, 'Id'>, delimiters: number]>([
  [{ HlsPackage: { HlsManifests: [{ ManifestName: 'i' }] } }, 25],
  [{ CmafPackage: { HlsManifests: [{ ManifestName: 'i' }], IncludeEncoderConfigurationInSegments: true } }, 0],
])('an MP4 with delimiters gives access units with one at most: %j', async (configuration, delimiters) => {
  const source = memorySource({ 'a.mp4': writeMp4([video]) });
  const plan = planPresentation(await indexSource(source, 'a.mp4'), { Id: 'a', ...configuration });
  const [task] = plan.tasks;
  const [output] = packageSegment(task!, await Promise.all(task!.reads.map((read) => source.read(read))));
  const text = Buffer.concat(output!.data).toString('hex');
  expect(text.match(/09f0/g) ?? []).toHaveLength(delimiters);
});
