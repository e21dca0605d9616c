import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { localStore } from '../../storage/local.js';
import { readInventory } from '../inventory.js';
import {
  harvestUnderTest,
  keysOfSmall,
  media,
  origin,
  segment,
  smallPresentation,
  type Files,
  type Respond,
} from './harvest-under-test.case.js';

const under = harvestUnderTest();
const { mirror, stored } = under;

describe('a harvest', () => {
  it('refreshes only what changed, by entity tag, and removes nothing unless told', async () => {
    const files = smallPresentation();
    const server = await origin(files);
    await mirror(server, '/v/index.m3u8');
    expect(await mirror(server, '/v/index.m3u8', { refresh: true })).toMatchObject({
      status: 'skipped',
      fetched: { objects: 0 },
    });

    files['/v/1/a.ts'] = segment('new');
    files['/v/1/p.m3u8'] = media('#EXTINF:4,', 'a.ts', '#EXTINF:4,', 'c.ts');
    files['/v/1/c.ts'] = segment('1c');
    const before = server.requests.length;
    const refreshed = await mirror(server, '/v/index.m3u8', { refresh: true });
    expect(refreshed).toMatchObject({ status: 'refreshed', fetched: { objects: 3 }, former: 2 });
    expect(server.requests.slice(before)).not.toContain('GET /v/1/b.ts');
    expect(await stored()).toEqual(['.reelway/inventory.json', '1/c.ts', ...keysOfSmall].sort());
    expect((await readFile(join(under.folder, 'm/1/a.ts'))).equals(segment('new'))).toBe(true);

    expect(await mirror(server, '/v/index.m3u8')).toMatchObject({ status: 'skipped', former: 2 });
    expect(await mirror(server, '/v/index.m3u8', { prune: true })).toMatchObject({ status: 'skipped', former: 0 });
    expect(await stored()).toEqual([
      '.reelway/inventory.json',
      '1/a.ts',
      '1/c.ts',
      '1/p.m3u8',
      '2/a.ts',
      '2/b.ts',
      '2/p.m3u8',
      'index.m3u8',
    ]);
  });

  it('refreshes by Last-Modified and size where there are no entity tags, and by content where there is neither', async () => {
    let asked: string[] = [];
    const plain =
      (name: string, lastModified?: string): Respond =>
      (request, response) => {
        asked.push(`${name} ${request.headers['if-modified-since'] ?? ''}`.trim());
        response
          .writeHead(200, { ...(lastModified && { 'last-modified': lastModified }), 'content-length': 4 })
          .end(name);
      };
    const server = await origin({
      '/p.m3u8': media('#EXTINF:1,', 'a.ts', '#EXTINF:1,', 'b.ts'),
      '/a.ts': plain('aaaa', 'Thu, 01 Jan 2026 00:00:00 GMT'),
      '/b.ts': plain('bbbb'),
    });
    await mirror(server, '/p.m3u8');
    asked = [];
    expect(await mirror(server, '/p.m3u8', { refresh: true })).toMatchObject({
      status: 'refreshed',
      fetched: { objects: 1 },
    });
    expect(asked.sort()).toEqual(['aaaa Thu, 01 Jan 2026 00:00:00 GMT', 'bbbb']);
  });

  it('looks at the manifests when the query is another one: a token changes nothing, another presentation is brought over', async () => {
    const files: Files = {
      '/v/i.m3u8?lang=de': media('#EXTINF:4,', 'a.ts?lang=de'),
      '/v/i.m3u8?lang=fr': media('#EXTINF:4,', 'a.ts?lang=fr', '#EXTINF:4,', 'b.ts'),
      '/v/a.ts?lang=de': segment('de'),
      '/v/a.ts?lang=fr': segment('fr'),
      '/v/b.ts': segment('b'),
    };
    files['/v/i.m3u8?lang=de&token=2'] = files['/v/i.m3u8?lang=de']!;
    const server = await origin(files);
    await mirror(server, '/v/i.m3u8?lang=de');
    const asked = async (query: string) => {
      const before = server.requests.length;
      const { status, fetched } = await mirror(server, `/v/i.m3u8?${query}`);
      return { status, fetched: fetched.objects, requests: server.requests.slice(before) };
    };
    const token = 'lang=de&token=2';
    expect(await asked(token)).toEqual({ status: 'skipped', fetched: 0, requests: [`GET /v/i.m3u8?${token}`] });
    expect(await asked(token)).toEqual({ status: 'skipped', fetched: 0, requests: [] });
    expect(await asked('lang=fr')).toMatchObject({ status: 'refreshed', fetched: 3 });
    expect((await readFile(join(under.folder, 'm/a.ts'))).equals(segment('fr'))).toBe(true);
    expect(await asked('lang=fr')).toMatchObject({ status: 'skipped', requests: [] });
    expect(JSON.stringify(await readInventory(localStore({ folder: under.folder }), 'm'))).not.toContain('lang=');
  });

  describe('of an address that is redirected to another folder since, whose manifests are the same', () => {
    /** A tag of time and size, as nginx makes it: files of one size that were made at once have the same. */
    const tagged: (name: string) => Respond = (name) => (request, response) => {
      const headers = { etag: '"5f-14"', 'content-length': 20 };
      if (request.headers['if-none-match'] === headers.etag) return void response.writeHead(304, headers).end();
      response.writeHead(200, headers).end(segment(name, 20));
    };

    function versions(): { files: Files; turnTo: (version: number) => void } {
      let current = 1;
      const files: Files = {
        '/now/p.m3u8': (_request, response) => void response.writeHead(302, { location: `/v${current}/p.m3u8` }).end(),
      };
      for (const version of ['v1', 'v2']) {
        files[`/${version}/p.m3u8`] = media('#EXTINF:4,', 'a.ts', '#EXTINF:4,', 'b.ts');
        for (const name of ['a', 'b']) files[`/${version}/${name}.ts`] = tagged(version);
      }
      return { files, turnTo: (version) => void (current = version) };
    }

    const inPlace = async (): Promise<string[]> =>
      Promise.all(['a', 'b'].map((name) => readFile(join(under.folder, `m/${name}.ts`), 'latin1')));
    const second = segment('v2', 20).toString('latin1');

    it('is not made of both', async () => {
      const { files, turnTo } = versions();
      const good = files['/v1/b.ts']!;
      files['/v1/b.ts'] = (_request, response) => void response.writeHead(410).end();
      const server = await origin(files);
      const one = { ports: { concurrency: 1 } };
      await expect(mirror(server, '/now/p.m3u8', one)).rejects.toMatchObject({ code: 'source_not_found' });
      expect(await stored()).toContain('a.ts');
      files['/v1/b.ts'] = good;
      turnTo(2);
      expect(await mirror(server, '/now/p.m3u8')).toMatchObject({ status: 'complete' });
      expect(await inPlace()).toEqual([second, second]);
    });

    it('is refreshed, whatever the tags say of files of the other folder', async () => {
      const { files, turnTo } = versions();
      const server = await origin(files);
      await mirror(server, '/now/p.m3u8');
      const before = server.requests.length;
      expect(await mirror(server, '/now/p.m3u8', { refresh: true })).toMatchObject({ status: 'skipped' });
      expect(server.requests.slice(before)).toContain('GET /v1/a.ts');
      turnTo(2);
      expect(await mirror(server, '/now/p.m3u8', { refresh: true })).toMatchObject({ status: 'refreshed' });
      expect(await inPlace()).toEqual([second, second]);
      expect((await readInventory(localStore({ folder: under.folder }), 'm'))!.harvest!.root).toBe(
        `${server.origin}/v2/`,
      );
    });
  });
});
