import { describe, expect, it } from 'vitest';
import { checks } from '../../src/cli/doctor-checks.js';
import { readConfig } from '../../src/config/config.js';
import type { Recording } from '../../src/domain/recording.js';
import { zoomConnection } from '../../src/recordings-line.js';
import { lesson, mediaPackage, submitLesson } from '../support/recordings-lesson.js';
import { recordingsStage, startReelway, type RecordingsStage } from '../support/recordings-stage.js';
import type { ZoomServer } from '../support/zoom-server.js';

const entry = ({ accountId, clientId, clientSecret }: ZoomServer['second']) =>
  [accountId, clientId, clientSecret].join(':');

/** The lesson is in the second account, another recording in the first. */
async function stageOfTwo(secret?: string): Promise<RecordingsStage> {
  const stage = await recordingsStage();
  const { second } = stage.zoom;
  stage.environment.ZOOM_ACCOUNTS = entry({ ...second, clientSecret: secret ?? second.clientSecret });
  stage.zoom.addRecording({ ...lesson, accountId: second.accountId });
  stage.zoom.addRecording({ ...lesson, uuid: 'first==', files: [] });
  return stage;
}

async function listed({ environment }: RecordingsStage): Promise<{ found: Recording[]; error: unknown }> {
  const found: Recording[] = [];
  try {
    const range = { from: '2026-11-19', to: '2026-11-21' };
    for await (const each of zoomConnection(readConfig(environment))!.client.recordings(range)) found.push(each);
    return { found, error: undefined };
  } catch (error) {
    return { found, error };
  }
}

describe('several accounts of Zoom', () => {
  it('are looked through each with its own token, and a recording of the second is fetched with it', async () => {
    const stage = await stageOfTwo();
    const { found, error } = await listed(stage);
    expect(error).toBeUndefined();
    expect(found.map(({ uuid, accountId }) => [uuid, accountId])).toEqual([
      ['first==', stage.zoom.account.accountId],
      [lesson.uuid, stage.zoom.second.accountId],
    ]);

    const server = await startReelway(stage);
    const { result } = await submitLesson(server.services);
    expect(await result()).toMatchObject({ outcome: 'ingested', eventId: mediaPackage });
  });

  it('one that refuses us hides nothing of the others, and doctor says which it is', async () => {
    const stage = await stageOfTwo('wrong');
    const { found, error } = await listed(stage);
    expect(found.map(({ uuid }) => uuid)).toEqual(['first==']);
    expect(error).toMatchObject({ code: 'zoom_unauthorized' });

    const zoom = checks(stage.environment).filter(({ name }) => name.startsWith('Zoom'));
    expect(zoom.map(({ name }) => name)).toEqual([
      `Zoom ${stage.zoom.account.accountId}`,
      `Zoom ${stage.zoom.second.accountId}`,
    ]);
    expect(await zoom[0]!.run()).toMatchObject({ status: 'ok' });
    await expect(zoom[1]!.run()).rejects.toMatchObject({ code: 'zoom_unauthorized' });
  });

  it('are refused as a setting when one is given twice, and no secret is shown', async () => {
    const { environment, zoom } = await recordingsStage();
    const twice = { ...environment, ZOOM_ACCOUNTS: `${entry(zoom.second)},${entry(zoom.second)}` };
    expect(() => readConfig(twice)).toThrow('not usable');
    expect(() => readConfig({ ...environment, ZOOM_ACCOUNTS: entry(zoom.account) })).toThrow('not usable');
    const shown = (() => {
      try {
        return readConfig(twice);
      } catch (error) {
        return JSON.stringify((error as { details?: unknown }).details);
      }
    })();
    expect(shown).toContain(`${zoom.second.accountId}:***`);
    expect(shown).not.toContain(zoom.second.clientSecret);
  });
});
