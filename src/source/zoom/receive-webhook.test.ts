import { beforeEach, describe, expect, it } from 'vitest';
import { completed, recordingObject, signed, videoFile, webhookBody } from '../../../test/support/zoom-events.js';
import type { ReceivedEvent } from '../../status/event-inbox.js';
import { webhookReceiver } from './receive-webhook.js';

const secret = 'secret-of-the-app';
let stored: ReceivedEvent[];
let validations: number;
let storageIsFull: boolean;
let counted: string[];
beforeEach(() => {
  [stored, counted] = [[], []];
  validations = 0;
  storageIsFull = false;
});

async function send(body: string, { secrets = [secret], at = Date.now(), by = secret, window = 300 } = {}) {
  let woken = 0;
  const receive = webhookReceiver({
    ...{ secrets, window, onEvent: () => void woken++, countEvent: (event) => void counted.push(event) },
    inbox: {
      put: (event) => (storageIsFull ? Promise.reject(new Error('full')) : Promise.resolve(void stored.push(event))),
      validated: () => Promise.resolve(void validations++),
    },
  });
  const headers = signed(body, by, at);
  const request = {
    body: Buffer.from(body),
    signature: headers['x-zm-signature'],
    timestamp: headers['x-zm-request-timestamp'],
  };
  return { ...(await receive(request)), woken };
}

it('a webhook is counted by its event, whether it is kept or not, once its signature holds', async () => {
  for (const event of ['meeting.started', 'meeting.ended', 'recording.completed', 'user.created', '__proto__'])
    await send(webhookBody(event, recordingObject()));
  expect(counted).toEqual(['meeting.started', 'meeting.ended', 'recording.completed', 'other', 'other']);
  await send(webhookBody('meeting.started', recordingObject()), { by: 'somebody else' });
  for (const body of ['null', '{}']) await send(body);
  expect(counted.slice(5)).toEqual(['other', 'other']);
});

describe('a webhook is answered', () => {
  it('200 when a recording is taken, which is stored without its secrets', async () => {
    expect(await send(completed())).toMatchObject({ status: 200, body: 'Success', woken: 1 });
    expect(stored).toMatchObject([{ name: 'recording.completed' }]);
    expect(JSON.stringify(stored)).not.toContain('hunter2');
  });

  it.each([
    'recording.started',
    'recording.stopped',
    'meeting.ended',
    'recording.trashed',
    'recording.transcript_completed',
  ])('204 for %s, which is stored', async (event) => {
    expect(await send(webhookBody(event, recordingObject()))).toMatchObject({ status: 204, woken: 1 });
    expect(stored).toHaveLength(1);
  });

  it('204 for a recording without anything to watch or hear, which is stored to say so', async () => {
    expect((await send(completed({ files: [videoFile({ file_type: 'CHAT' })] }))).status).toBe(204);
    expect(stored).toHaveLength(1);
  });

  it.each(['meeting.started', 'on.demand.ingest'])('204 for %s, of which nothing is kept', async (event) => {
    expect(await send(webhookBody(event, recordingObject()))).toMatchObject({ status: 204, woken: 0 });
    expect(stored).toEqual([]);
  });

  it('400 for a recording that cannot be used, which is stored to say so', async () => {
    const body = completed({ files: [videoFile({ status: 'processing' })] });
    expect(await send(body)).toMatchObject({
      status: 400,
      body: expect.stringContaining('Bad webhook data') as string,
    });
    expect(stored).toHaveLength(1);
  });

  it.each([
    ['', 'no body found'],
    ['{', 'not valid json'],
    ['{}', 'no event type'],
    ['{"event":"recording.completed"}', 'missing payload'],
    ['{"event":"recording.completed","payload":{"object":{}}}', 'missing uuid'],
  ])('400 for %j', async (body, words) => {
    expect(await send(body)).toMatchObject({ status: 400, body: expect.stringContaining(words) as string });
    expect(stored).toEqual([]);
  });

  it('401 when it is signed by somebody else, or at another time, and nothing of it is looked at', async () => {
    expect(await send(completed(), { by: 'another' })).toMatchObject({ status: 401 });
    expect(await send('{', { by: 'another' })).toMatchObject({ status: 401 });
    const late = await send(completed(), { at: Date.now() - 3_600_000 });
    expect(late).toMatchObject({ status: 401, notice: expect.stringContaining('ZOOM_WEBHOOK_WINDOW') as string });
    expect(stored).toEqual([]);
    expect((await send(completed(), { at: Date.now() - 3_600_000, window: 4000 })).status).toBe(200);
  });

  it('200 when one of several secrets signed it', async () => {
    expect((await send(completed(), { secrets: ['of-another-app', secret] })).status).toBe(200);
  });

  it('503 while no secret is set, whoever signs', async () => {
    expect(await send(completed(), { secrets: [] })).toMatchObject({ status: 503 });
    expect(stored).toEqual([]);
  });

  it('not at all when it could not be stored', async () => {
    storageIsFull = true;
    await expect(send(completed())).rejects.toThrow('full');
  });
});

describe('the validation of our address', () => {
  const body = '{"event":"endpoint.url_validation","payload":{"plainToken":"foobar12345"},"event_ts":1654503849680}';

  it('is answered with the token, signed by the secret that signed it', async () => {
    const answer = await send(body, { by: 'barbaz67890', secrets: ['another', 'barbaz67890'] });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        plainToken: 'foobar12345',
        encryptedToken: 'aaca35ce2b1ee8e81c06c0e8c9841f4870bfa2b29b1812688459cf5d6cbdb5df',
      },
    });
    expect({ validations, stored }).toEqual({ validations: 1, stored: [] });
  });

  it('signs nothing for who has not signed', async () => {
    const answer = await send(body, { by: 'guess' });
    expect(answer).toEqual({ status: 401, body: 'The signature is not valid.', woken: 0 });
  });
});
