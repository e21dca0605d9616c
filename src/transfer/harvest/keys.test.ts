import { describe, expect, it } from 'vitest';
import { assignKeys, urlOfKey } from './keys.js';

const cases: { name: string; urls: string[]; root: string; keys: string[] }[] = [
  {
    name: "MediaPackage's own: what all have in common goes, the rest stays",
    urls: [
      'https://h.egress/out/v1/a/b/c/index.m3u8',
      'https://h.egress/out/v1/a/d/index_1.m3u8?m=1',
      'https://h.egress/out/v1/a/d/e/1.ts',
    ],
    root: 'https://h.egress/out/v1/a/',
    keys: ['b/c/index.m3u8', 'd/index_1.m3u8', 'd/e/1.ts'],
  },
  {
    name: 'one address: its name',
    urls: ['https://h/x/y.m3u8?token=1'],
    root: 'https://h/x/',
    keys: ['y.m3u8'],
  },
  {
    name: 'queries, where addresses differ in nothing else',
    urls: ['https://h/s.ts?n=1', 'https://h/s.ts?n=2', 'https://h/s.ts', 'https://h/t.ts?n=a%2Fb/c'],
    root: 'https://h/',
    keys: ['s.ts?n=1', 's.ts?n=2', 's.ts', 't.ts'],
  },
  {
    name: 'several hosts, ports and schemes',
    urls: ['http://127.0.0.1:80801/', 'http://b/x', 'https://b/x', 'http://[::1]:8/x'].map((url) =>
      url.replace('80801', '8080'),
    ),
    root: 'http://',
    keys: ['127.0.0.1%3A8080/%', 'b/x', 'https%3A%2F%2Fb/x', '%5B%3A%3A1%5D%3A8/x'],
  },
  {
    name: 'an object where others have a folder',
    urls: ['https://h/a', 'https://h/a/b', 'https://h/a/b/c', 'https://h/a/', 'https://h//x'],
    root: 'https://h/',
    keys: ['a%', 'a/b%', 'a/b/c', 'a/%', '%/x'],
  },
  {
    name: 'escapes: what a server decodes is decoded, what a key cannot hold stays escaped',
    urls: [
      'https://h/a%20b.ts',
      'https://h/%C3%A9.ts',
      'https://h/x%2Fy',
      'https://h/x%5Cy',
      'https://h/q%3Fr',
      'https://h/%25',
      'https://h/%FF',
      'https://h/%00',
      'https://h/.reelway/inventory.json',
      'https://h/%2ereelway-tmp-1',
    ],
    root: 'https://h/',
    keys: [
      'a b.ts',
      'é.ts',
      'x%2Fy',
      'x%5Cy',
      'q%3Fr',
      '%25',
      '%FF',
      '%00',
      '%.reelway/inventory.json',
      '%.reelway-tmp-1',
    ],
  },
  {
    name: 'two spellings of one path stay two objects',
    urls: ['https://h/A%28', 'https://h/A(', 'https://h/%c3%a9', 'https://h/%C3%A9', 'https://h/%41('],
    root: 'https://h/',
    keys: ['A%28', 'A(', '%c3%a9', 'é', '%41('],
  },
];

describe('keys of harvested objects', () => {
  it.each(cases)('$name', ({ urls, root, keys }) => {
    const map = assignKeys(urls);
    expect(map.root).toBe(root);
    expect(map.keys).toEqual(keys);
    for (const [index, key] of keys.entries()) {
      const url = urls[index]!;
      const kept = key.includes('?') ? url : url.split('?')[0];
      expect(canonical(urlOfKey(root, key)!)).toBe(canonical(kept!));
    }
  });

  it('of names too long for a file system are digests that keep the type, and differ', () => {
    const long = (letter: string) => `https://h/${letter.repeat(300)}.m4s`;
    const { keys, root } = assignKeys([long('a'), long('b'), `https://h/${'x/'.repeat(500)}y.ts`, 'https://h/z']);
    expect(keys[0]).toMatch(/^%~[0-9a-f]{32}\.m4s$/);
    expect(keys[1]).not.toBe(keys[0]);
    expect(keys[2]).toMatch(/^%~[0-9a-f]{32}\.ts$/);
    expect(urlOfKey(root, keys[0]!)).toBeUndefined();
  });

  it('never meet and always lead back, whatever addresses are thrown at them', () => {
    const pieces = [
      'a',
      'A',
      '%41',
      '%2F',
      '%2e',
      '.',
      '%',
      '%25',
      '%zz',
      '?',
      '#',
      '/',
      '//',
      '\\',
      'é',
      '%C3%A9',
      '%ff',
      '.reelway',
      ' ',
      '%20',
      '&',
      '=',
      '~',
      '%~',
      '(',
      '%28',
      '\u0000',
      '%00',
      '\u{1F600}',
    ];
    let seed = 7;
    const next = (bound: number) => (seed = (seed * 48271) % 2147483647) % bound;
    for (let round = 0; round < 300; round++) {
      const urls = new Set<string>();
      for (let i = 0; i < 40; i++) {
        const text = Array.from({ length: 1 + next(6) }, () => pieces[next(pieces.length)]).join('');
        const url = new URL(`./${text}`, `${['http', 'https'][next(2)]}://h${next(3)}:${8080 + next(2)}/d/`);
        if (!url.protocol.startsWith('http')) continue;
        url.hash = '';
        urls.add(url.href);
      }
      const all = [...urls];
      const { keys, root } = assignKeys(all);
      expect(new Set(keys).size).toBe(all.length);
      const folders = new Set(keys.flatMap((key) => key.split('/').map((_, n, parts) => parts.slice(0, n).join('/'))));
      for (const [index, key] of keys.entries()) {
        expect(folders.has(key)).toBe(false);
        expect(key).not.toMatch(/^\/|\/$|\/\/|\\|(^|\/)\.\.?(\/|$)|(^|\/)\.reelway/);
        const back = urlOfKey(root, key);
        const kept = key.includes('?') ? all[index]! : all[index]!.split('?')[0]!;
        if (back !== undefined) expect(canonical(back), `${all[index]} as ${key}`).toBe(canonical(kept));
      }
    }
  });
});

/** Two spellings of one path are one to RFC 3986 §6.2.2. */
function canonical(url: string): string {
  const [, scheme = '', host = '', path = '', query = ''] = /^(.*?):\/\/([^/]*)([^?]*)(.*)$/s.exec(url) ?? [];
  const decoded = path.split('/').map((part) => {
    try {
      return encodeURIComponent(decodeURIComponent(part));
    } catch {
      return part.toUpperCase();
    }
  });
  return `${scheme}://${host}${decoded.join('/')}${query}`;
}
