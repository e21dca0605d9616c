import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { rendition, syntheticIndex, videoTrack } from '../../../../test/support/synthetic-index.js';
import { planPresentation } from '../../../packager/packager.js';
import { localStore } from '../../../storage/local.js';
import { fileSource } from '../../../transfer/file-source.js';
import { inlineEngine } from './inline-engine.js';

it('holds no more source for one segment than a task may, and names the field that joined it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'reelway-inline-engine-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = (n: number) => join(folder, `${n}.ts`);
  for (const n of [1, 2, 3]) {
    writeFileSync(file(n), '');
    truncateSync(file(n), 100 * 1024 * 1024); // a hole, which costs nothing
  }
  const part = (n: number) => ({ source: { uri: file(n) } });
  const source = join(folder, 'a.m3u8');
  writeFileSync(source, '');
  const index = syntheticIndex(
    rendition({
      uri: source,
      tracks: [videoTrack()],
      cuts: [[0, 4, 8, 12]],
      segments: { 0: part(1), 1: part(2), 2: part(3) },
    }),
  );
  const { tasks } = planPresentation(index, {
    Id: 'cmaf',
    CmafPackage: { SegmentDurationSeconds: 12, HlsManifests: [{ ManifestName: 'index' }] },
  });
  const engine = inlineEngine({
    openSource: (uri) => Promise.resolve(fileSource(uri)),
    openStore: () => localStore({ folder: join(folder, 'out') }),
    concurrency: 1,
  });
  const work = { source, bucket: undefined, task: tasks[0]!, targets: [{ places: [] }] };
  await expect(engine.make(work)).rejects.toMatchObject({
    code: 'source_too_large',
    message: expect.stringMatching(/maximumTaskBytes.*joins 3 segments.*SegmentDurationSeconds/) as string,
  });
});
