import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { embeddedDatabase, type OpenedDatabase } from '../../../test/support/databases.js';
import { startOpencastServer, type OpencastServer } from '../../../test/support/opencast-server.js';
import { parsePrivateHost } from '../../net/private-hosts.js';
import { httpClient } from '../../net/request.js';
import { eventLedger } from '../../status/event-ledger.js';
import { localStore } from '../../storage/local.js';
import type { EventPublisher } from './event-publisher.js';
import type { IngestPlan } from './ingest-plan.js';
import { ingestProfiles } from './ingest-profile.js';
import { mediaAccess } from './media-access.js';
import { opencastClient } from './opencast-client.js';
import { opencastPublisher } from './opencast-publisher.js';

const id = '8d636340-8912-d700-9a98-f271c361ef97';
const facts = { uuid: 'uuid', trackingId: 'tracking', prefix: 'recordings/uuid' };
const plan: IngestPlan = {
  mediaPackageId: id,
  workflow: 'fast',
  seriesId: '20260112345',
  terms: {
    ...{ identifier: id, title: 'Algebra', isPartOf: '20260112345', created: '2026-11-20T14:00:00Z' },
    ...{ language: 'en', source: 'ZIP-uuid', spatial: 'Zoom 1' },
  },
  properties: {},
  elements: [],
  omitted: [],
};

/** What Opencast would do twice when it is asked twice: whoever slept between the decision and the request must not make it any more. */
describe('a process that has lost its job while it was frozen', () => {
  let database: OpenedDatabase;
  let folder: string;
  let server: OpencastServer;
  const http = httpClient({ policy: { privateHosts: [parsePrivateHost('127.0.0.1')!] } });
  const signal = new AbortController().signal;
  const lost = { signal, fence: () => Promise.reject(new Error('the job is another’s')) };
  const changes = () => server.requests.filter((line) => /^POST \/(ingest\/(ingest|addMediaPackage)|api)\b/.test(line));

  beforeAll(async () => {
    database = await embeddedDatabase();
    folder = await mkdtemp(path.join(tmpdir(), 'reelway-fenced-'));
  });
  afterAll(async () => {
    http.close();
    await database.remove();
    await rm(folder, { recursive: true });
  });
  beforeEach(async () => {
    server = await startOpencastServer();
  });
  afterEach(() => server.stop());

  function publisher(profile: keyof typeof ingestProfiles): EventPublisher {
    const store = localStore({ folder });
    return opencastPublisher({
      opencast: opencastClient({ baseUrl: server.origin, auth: { kind: 'digest', ...server.credentials }, http }),
      ledger: eventLedger(database.database.tables),
      profile: ingestProfiles[profile],
      rules: {
        ...{ defaultWorkflow: 'fast', overridePublisher: undefined, defaultPublisher: undefined, minimumMs: 0 },
        ...{ mostRunningIngests: 5, captionsWorkflow: 'publish' },
      },
      media: mediaAccess({ store, by: 'upload', expiresInSeconds: 60, publicUrl: () => server.origin, secret: 's' }),
    });
  }

  it.each(['stock', 'harvard'] as const)('starts no workflow after its note, with the profile %s', async (profile) => {
    server.series.set(plan.seriesId, { title: 'Algebra' });
    const made = publisher(profile);
    const draft = await made.open(plan, signal);
    const noted: unknown[] = [];
    const fence = async () => {
      noted.push((await eventLedger(database.database.tables).find(id))?.postedMsAgo);
      await lost.fence();
    };
    await expect(made.start(draft, plan, facts, { signal, fence })).rejects.toThrow('another’s');
    expect(noted).toEqual([expect.any(Number)]);
    expect(changes()).toEqual([]);
    await eventLedger(database.database.tables).refused(id);
  });

  it('adds no captions', async () => {
    const stored = {
      ...{ key: 'a.vtt', size: 6, digest: 'sha256:00' as const },
      file: { fileType: 'TRANSCRIPT', recordingType: 'audio_transcript' },
    };
    const transcript = { stored, overwrites: true };
    await expect(publisher('stock').attachCaptions(id, transcript, lost)).rejects.toThrow('another’s');
    expect(changes()).toEqual([]);
  });

  it('publishes no captions', async () => {
    await expect(publisher('stock').publishCaptions(id, undefined, lost)).rejects.toThrow('another’s');
    expect(changes()).toEqual([]);
  });
});
