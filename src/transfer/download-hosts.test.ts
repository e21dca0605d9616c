import { describe, expect, it } from 'vitest';
import type { Failure } from '../domain/failure.js';
import { isListed } from './download-hosts.js';
import { downloadSettings } from './download-settings.js';
import { fetching, sendVideo, sha256, zoom } from './download-under-test.case.js';

describe('ZOOM_DOWNLOAD_HOSTS', () => {
  const { schema, default: usual } = downloadSettings.ZOOM_DOWNLOAD_HOSTS;
  it.each<[string, boolean]>([
    ['https://zoom.us/rec/download/x', true],
    ['https://us06web.zoom.us/rec/webhook_download/x', true],
    ['https://ssrweb.zoom.us/a.mp4', true],
    ['https://evilzoom.us/', false],
    ['https://zoom.us.evil.org/', false],
    ['https://zoom.us:8443/', false],
    ['https://us02web.zoomgov.com/', true],
  ])('%s by default: %s', (url, listed) => {
    expect(isListed(new URL(url), schema.parse(usual))).toBe(listed);
  });
  it.each(['', 'https://zoom.us', 'a b/c', '*'])('does not take "%s"', (text) => {
    expect(schema.safeParse(text).success).toBe(false);
  });
});

describe('redirects of a download', () => {
  it('go without our token to where it is not needed', async () => {
    const seen: (string | undefined)[] = [];
    const media = await zoom((asked) => {
      seen.push(asked.authorization);
      sendVideo(asked);
    });
    const server = await zoom(
      ({ response }) => void response.writeHead(302, { location: `${media.origin}/GMT_Recording.mp4?sig=x` }).end(),
    );
    const { run } = await fetching(server.origin, { hosts: [server.host, media.host] });
    expect(await run()).toMatchObject({ digest: sha256 });
    expect(seen).toEqual([undefined]);
  });

  it.each(['401', 'a page'])('go with it once more where %s comes without', async (kind) => {
    const media = await zoom((asked) => {
      if (asked.authorization !== undefined) return sendVideo(asked);
      if (kind === '401') asked.response.writeHead(401).end();
      else asked.response.writeHead(200, { 'content-type': 'text/html' }).end('<html>');
    });
    const server = await zoom(({ response }) => void response.writeHead(302, { location: media.origin }).end());
    const { run } = await fetching(server.origin, { hosts: [server.host, media.host] });
    expect(await run()).toMatchObject({ digest: sha256 });
    expect(media.requests).toHaveLength(2);
  });

  it.each([
    'https://evil.example.org/a.mp4',
    'http://169.254.169.254/latest/meta-data',
    'http://localhost/a.mp4',
    'file:///etc/passwd',
    'https://user:pass@zoom.us.evil.example.org/',
    '//[',
  ])('to %s are refused', async (location) => {
    const server = await zoom(({ response }) => void response.writeHead(302, { location }).end());
    const { run } = await fetching(server.origin);
    const refused = run();
    await expect(refused).rejects.toMatchObject({ code: 'url_refused' });
    expect(server.requests).toHaveLength(1);
    const { message } = (await refused.catch((error: unknown) => error)) as Failure;
    expect(message).not.toContain('hunter2');
  });

  it.each(['http://169.254.169.254/a.mp4', 'http://10.0.0.1/a', 'http://localhost:1/a', 'https://example.org/a'])(
    'nor may the first address be %s',
    async (url) => {
      const { run } = await fetching('http://127.0.0.1:1', { locate: () => Promise.resolve({ url, bearer: 'token' }) });
      await expect(run()).rejects.toMatchObject({ code: 'url_refused' });
    },
  );

  it('in a circle come to an end', async () => {
    const server = await zoom(({ response }) => void response.writeHead(302, { location: '/again' }).end());
    const { run } = await fetching(server.origin);
    await expect(run()).rejects.toMatchObject({ code: 'recording_file_damaged' });
    expect(server.requests.length).toBeLessThan(20);
  });
});
