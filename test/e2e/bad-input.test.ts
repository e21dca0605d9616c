import { createServer, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { cp, mkdtemp, open, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeSource } from '../conformance/source.js';
import { projectRoot, reelway, type CommandOptions, type CommandResult } from '../support/reelway.js';
import { requires } from '../support/requires.js';

/** A copy of the sample to spoil: `index.m3u8` names `360p/index.m3u8` and `180p/index.m3u8`, six segments of 4 s each. */
interface Spoilt {
  readonly folder: string;
  /** What `reelway package` is given unless the case says otherwise. */
  readonly entry: string;
}

interface BadInput {
  readonly name: string;
  /** Spoils the copy; may give another input to package. */
  readonly spoil: (source: Spoilt) => Promise<string | void>;
  readonly code: string;
  /** What the message must name, so that the reader finds the place. */
  readonly names: RegExp;
}

const media = (folder: string, rendition: '360p' | '180p' = '360p') => path.join(folder, rendition, 'index.m3u8');
const segment = (folder: string, number: number) => path.join(folder, '360p', `segment_00${number}.ts`);

async function edit(file: string, change: (text: string) => string): Promise<void> {
  const text = await readFile(file, 'utf8');
  const changed = change(text);
  if (changed === text) throw new Error(`nothing to change in ${file}`);
  await writeFile(file, changed);
}

/** Noise that is the same in every run. */
function noise(bytes: number): Buffer {
  let state = 1;
  return Buffer.from(Array.from({ length: bytes }, () => (state = (state * 48_271) % 2_147_483_647) & 0xff));
}

const badInputs: BadInput[] = [
  {
    name: 'a segment cut short in the middle of a packet',
    spoil: ({ folder }) => truncate(segment(folder, 2), 100_000),
    code: 'source_invalid',
    names: /segment_002\.ts/,
  },
  {
    name: 'a segment cut short between two packets',
    spoil: ({ folder }) => truncate(segment(folder, 2), 188 * 500),
    code: 'source_invalid',
    names: /segment_002\.ts/,
  },
  {
    name: 'a last segment cut short between two packets',
    spoil: ({ folder }) => truncate(segment(folder, 5), 188 * 500),
    code: 'source_invalid',
    names: /segment_005\.ts/,
  },
  {
    name: 'a segment that is missing',
    spoil: ({ folder }) => rm(segment(folder, 4)),
    code: 'source_not_found',
    names: /segment_004\.ts/,
  },
  {
    name: 'a rendition that is missing',
    spoil: ({ folder }) => rm(media(folder, '180p')),
    code: 'source_not_found',
    names: /180p\/index\.m3u8/,
  },
  {
    name: 'a source that is missing',
    spoil: ({ folder }) => Promise.resolve(path.join(folder, 'nothing.m3u8')),
    code: 'source_not_found',
    names: /nothing\.m3u8/,
  },
  {
    name: 'a playlist that names ../../etc/passwd',
    spoil: ({ folder }) =>
      edit(media(folder), (text) => text.replace('segment_001.ts', '../../../../../../../../etc/passwd')),
    code: 'url_refused',
    names: /etc\/passwd/,
  },
  {
    name: 'a playlist that names file:///etc/passwd',
    spoil: ({ folder }) => edit(media(folder), (text) => text.replace('segment_001.ts', 'file:///etc/passwd')),
    code: 'url_refused',
    names: /etc\/passwd/,
  },
  {
    name: 'a playlist of 2 GB',
    spoil: ({ folder }) => truncate(media(folder), 2_000_000_000),
    code: 'source_too_large',
    names: /360p\/index\.m3u8/,
  },
  {
    name: 'a playlist of 1,000,000 lines',
    spoil: ({ folder }) =>
      edit(media(folder), (text) =>
        text.replace('#EXT-X-ENDLIST', `${'#EXTINF:4,\na.ts\n'.repeat(500_000)}#EXT-X-ENDLIST`),
      ),
    code: 'source_too_large',
    names: /360p\/index\.m3u8/,
  },
  {
    name: 'neither sound nor picture: a transport stream of other data',
    spoil: async ({ folder }) => {
      const file = path.join(folder, 'data.ts');
      await writeFile(file, await tablesOnly(segment(folder, 0)));
      return file;
    },
    code: 'source_invalid',
    names: /data\.ts/,
  },
  {
    name: 'an empty playlist',
    spoil: ({ folder }) => truncate(media(folder)),
    code: 'source_invalid',
    names: /360p\/index\.m3u8/,
  },
  {
    name: 'an empty segment',
    spoil: ({ folder }) => truncate(segment(folder, 3)),
    code: 'source_invalid',
    names: /segment_003\.ts/,
  },
  {
    name: 'garbage in place of a playlist',
    spoil: ({ entry }) => writeFile(entry, noise(100_000)),
    code: 'source_invalid',
    names: /index\.m3u8/,
  },
  {
    name: 'garbage in place of a segment',
    spoil: ({ folder }) => writeFile(segment(folder, 1), noise(400_000)),
    code: 'source_invalid',
    names: /segment_001\.ts/,
  },
  {
    name: 'garbage in the middle of a segment',
    spoil: async ({ folder }) => {
      const file = await open(segment(folder, 5), 'r+');
      await file.write(noise(20_000), 0, 20_000, 200_000);
      await file.close();
    },
    code: 'source_invalid',
    names: /segment_005\.ts/,
  },
  {
    name: 'a web page in place of a playlist',
    spoil: ({ entry }) => writeFile(entry, '<!doctype html><title>Sign in</title>'),
    code: 'source_invalid',
    names: /index\.m3u8/,
  },
  {
    name: 'an encrypted source',
    spoil: ({ folder }) =>
      edit(media(folder), (text) => text.replace('#EXTINF', '#EXT-X-KEY:METHOD=SAMPLE-AES,URI="key.bin"\n#EXTINF')),
    code: 'source_encrypted',
    names: /360p\/index\.m3u8/,
  },
  {
    name: 'an encrypted source whose key is not there',
    spoil: ({ folder }) =>
      edit(media(folder), (text) => text.replace('#EXTINF', '#EXT-X-KEY:METHOD=AES-128,URI="key.bin"\n#EXTINF')),
    code: 'source_not_found',
    names: /360p\/key\.bin/,
  },
  {
    name: 'a live playlist',
    spoil: ({ folder }) =>
      edit(media(folder), (text) => text.replace('#EXT-X-ENDLIST', '').replace('#EXT-X-PLAYLIST-TYPE:VOD\n', '')),
    code: 'source_unsupported',
    names: /360p\/index\.m3u8/,
  },
  {
    name: 'renditions whose segments do not line up',
    spoil: ({ folder }) => edit(media(folder), (text) => text.replace(/#EXTINF:4.0+,\nsegment_002.ts\n/, '')),
    code: 'source_misaligned',
    names: /360p|180p|r1|r2/,
  },
];

/** The first packets of a transport stream that are not of a program's PIDs: tables that promise streams which never come. */
async function tablesOnly(file: string): Promise<Buffer> {
  const stream = await readFile(file);
  const packets = Array.from({ length: stream.length / 188 }, (_, index) =>
    stream.subarray(index * 188, index * 188 + 188),
  );
  const kept = packets.filter((packet) => (((packet[1]! & 0x1f) << 8) | packet[2]!) < 0x100);
  return Buffer.concat(kept);
}

const stackTrace = /^\s+at .*:\d+:\d+\)?$/m;

/** A failed command says one code, has the documented exit status, shows no stack, and has announced nothing. */
async function expectRefusal(
  run: CommandResult,
  out: string,
  { code, names }: Pick<BadInput, 'code' | 'names'>,
): Promise<void> {
  expect(run.stderr).toContain(`[${code}]`);
  expect(run.stderr).toMatch(names);
  expect(run.code).toBe(1);
  expect(run.stdout + run.stderr).not.toMatch(stackTrace);
  expect(await announced(out)).toEqual([]);
}

/** Inventories and entry manifests below a folder: what would tell somebody that an endpoint is there. */
async function announced(out: string): Promise<string[]> {
  const files = await readdir(out, { recursive: true }).catch(() => []);
  return files.filter(isAnnouncement);
}

const isAnnouncement = (file: string) => /(^|\/)(inventory\.json|index\.m3u8|index\.mpd)$/.test(file);

let root: string;
beforeAll(async () => (root = await mkdtemp(path.join(tmpdir(), 'reelway-bad-input-'))));
afterAll(() => rm(root, { recursive: true, force: true }));

async function copySample(): Promise<Spoilt> {
  const folder = await mkdtemp(path.join(root, 'source-'));
  await cp(path.join(projectRoot, 'examples/sample'), folder, { recursive: true });
  return { folder, entry: path.join(folder, 'index.m3u8') };
}

async function packageSource(
  input: string,
  options: CommandOptions = {},
): Promise<{ run: CommandResult; out: string }> {
  const out = await mkdtemp(path.join(root, 'out-'));
  return { run: await reelway(['package', input, '--out', out], options), out };
}

describe('a source that cannot be packaged is refused with its code and place, and nothing is announced:', () => {
  it.each(badInputs)('$name', async ({ spoil, code, names }) => {
    const source = await copySample();
    const input = (await spoil(source)) ?? source.entry;
    const { run, out } = await packageSource(input);
    await expectRefusal(run, out, { code, names });
  });
});

describe.runIf(requires('ffmpeg'))('a source of one kind of media only', () => {
  it.each(['no audio', 'no video'] as const)('is packaged as it is: %s', async (shape) => {
    const { entry } = await makeSource(await mkdtemp(path.join(root, 'made-')), { shape });
    const { run, out } = await packageSource(entry);
    expect(run, run.stderr).toMatchObject({ code: 0 });
    expect(await announced(out)).toHaveLength(4);
  });
});

describe('a web server that gives something else than it should', () => {
  let server: Server;
  let address: string;
  let folder: string;
  beforeAll(async () => {
    ({ folder } = await copySample());
    server = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? '/', 'http://localhost');
      const isSpoilt = pathname.endsWith('segment_002.ts');
      if (pathname.startsWith('/missing') && isSpoilt) response.writeHead(404).end('not here');
      else if (pathname.startsWith('/forbidden') && isSpoilt) response.writeHead(403).end('not for you');
      else if (pathname.startsWith('/page') && isSpoilt)
        response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Please sign in</html>'.repeat(100));
      else
        void sendFile(
          pathname.replace(/^\/[a-z]+/, ''),
          response,
          pathname.startsWith('/typed') ? 'text/html' : 'video/mp2t',
        );
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  async function sendFile(name: string, response: ServerResponse, type: string): Promise<void> {
    const bytes = await readFile(path.join(folder, name)).catch(() => undefined);
    if (bytes) response.writeHead(200, { 'content-type': type, 'content-length': bytes.length }).end(bytes);
    else response.writeHead(404).end();
  }

  const cases = [
    { name: '404 for a segment', path: 'missing', code: 'source_not_found' },
    { name: '403 for a segment', path: 'forbidden', code: 'source_forbidden' },
    { name: 'a web page with 200 for a segment', path: 'page', code: 'source_invalid' },
    {
      name: 'the content type of a web page on everything',
      path: 'typed',
      code: 'source_invalid',
      names: /typed\/index\.m3u8/,
    },
  ];
  it.each(cases)('$name: $code', async ({ path: at, code, names = /segment_002\.ts/ }) => {
    const { run, out } = await packageSource(`${address}/${at}/index.m3u8`);
    await expectRefusal(run, out, { code, names });
  });
});

/** Runs the command where `folder` is a file system of its own, mounted for this command only, and then lists what it left there. */
const mounted = (folder: string, options: string): readonly string[] => [
  ...['unshare', '--map-root-user', '--mount', 'sh', '-c'],
  `mount -t tmpfs -o ${options} tmpfs "$0" || exit 9; "$@"; code=$?; find "$0" -type f -printf 'left: %P\\n'; exit $code`,
  folder,
];
const filesLeft = ({ stdout }: CommandResult) => [...stdout.matchAll(/^left: (.*)$/gm)].map(([, file]) => file!);
const mayMount =
  spawnSync('unshare', ['--map-root-user', '--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;

describe('a destination that cannot take the result', () => {
  const sample = path.join(projectRoot, 'examples/sample/index.m3u8');

  it.runIf(mayMount)('a full disk: storage_full', async () => {
    const out = await mkdtemp(path.join(root, 'full-'));
    const run = await reelway(['package', sample, '--out', out], { through: mounted(out, 'size=1500k') });
    await expectRefusal(run, out, { code: 'storage_full', names: /full|space/i });
    expect(filesLeft(run).length).toBeGreaterThan(0);
    expect(filesLeft(run).filter(isAnnouncement)).toEqual([]);
  });

  it.runIf(mayMount)('a folder that cannot be written: storage_forbidden', async () => {
    const out = await mkdtemp(path.join(root, 'read-only-'));
    const run = await reelway(['package', sample, '--out', out], { through: mounted(out, 'ro') });
    await expectRefusal(run, out, { code: 'storage_forbidden', names: /read-only/ });
  });

  it('a file in the place of the folder: storage_forbidden', async () => {
    const out = path.join(await mkdtemp(path.join(root, 'file-')), 'taken');
    await writeFile(out, 'a file');
    const run = await reelway(['package', sample, '--out', out]);
    await expectRefusal(run, out, { code: 'storage_forbidden', names: /taken/ });
  });
});

describe('wrong usage', () => {
  it.each([
    { name: 'an unknown command', parameters: ['pakage'] },
    { name: 'an unknown format', parameters: ['package', 'a.m3u8', '--out', 'b', '--format', 'webm'] },
    { name: 'no destination', parameters: ['package', 'a.m3u8'] },
    { name: 'a destination that a script forgot to set', parameters: ['package', 'a.m3u8', '--out', ''] },
    { name: 'a watched folder that a script forgot to set', parameters: ['vod', 'watch', '', '--once'] },
  ])('$name ends with exit code 2 and names what is allowed', async ({ parameters }) => {
    const run = await reelway(parameters, { cwd: root });
    expect(run.code).toBe(2);
    expect(run.stderr).toMatch(/--help|Allowed|allowed|required/);
    expect(run.stderr).not.toMatch(stackTrace);
  });
});
