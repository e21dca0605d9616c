import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mediaPackageId } from '../../src/publish/opencast/media-package-id.js';
import { localStore } from '../../src/storage/local.js';
import { tooEarly } from './audit.js';
import { sha256 } from './stage.js';

const content = Buffer.from('a lesson');
const recording = {
  ...{ uuid: 'u', id: 1, startTime: '2026-11-20T14:00:00Z' },
  files: [{ id: 'a', recordingType: 'shared_screen', content }],
};
const track = {
  kind: 'track',
  flavor: '',
  tags: [],
  url: '',
  size: 8,
  text: undefined,
  sha256: sha256(content),
} as const;
const workflow = {
  ...{ id: '1', definition: 'fast', asked: 'fast', mediaPackageId: mediaPackageId('u'), elements: [track] },
  ...{ properties: {}, terms: {}, states: ['SUCCEEDED'], startedAt: 0 },
};
const notice = { id: 'n', subject: 'Recording "Algebra" is in Opencast', type: 'NOTIFICATION', asset: 'u', at: 0 };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'reelway-audit-'));
});
afterAll(() => rm(folder, { recursive: true }));

it.each([
  ['nothing when it is there', [workflow], []],
  ['that nothing was ingested', [], ['announced too early: recording u was ingested 0 times']],
  ['that it was ingested twice', [workflow, workflow], ['announced too early: recording u was ingested 2 times']],
  [
    'that a track is missing',
    [{ ...workflow, elements: [] }],
    [expect.stringContaining('not whole in Opencast: 0 tracks of 1')],
  ],
  [
    'that Opencast still works on it',
    [{ ...workflow, states: ['RUNNING', 'SUCCEEDED'] }],
    ['announced too early: the workflow of recording u is RUNNING'],
  ],
])('the auditor of chaos runs says of a notice of a recording %s', async (_, workflows, problems) => {
  const stage = { opencast: { workflows }, made: new Map([['u', recording]]) };
  expect(await tooEarly(stage, localStore({ folder }), notice)).toEqual(problems);
});
