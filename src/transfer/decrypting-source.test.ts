import { createCipheriv, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Failure } from '../domain/failure.js';
import type { SourceReader } from '../packager/model/source-reader.js';
import { decryptingSource } from './decrypting-source.js';
import { fileSource } from './file-source.js';

const key = randomBytes(16);
const iv = randomBytes(16);
const encrypt = (plain: Uint8Array, by = key) => {
  const cipher = createCipheriv('aes-128-cbc', by, iv);
  return Buffer.concat([cipher.update(plain), cipher.final()]);
};

/** A reader of resources that notes what is asked of it. */
function resources(of: Readonly<Record<string, Uint8Array>>): SourceReader & { readonly asked: string[] } {
  const asked: string[] = [];
  const open = (uri: string) => {
    asked.push(uri);
    const found = of[uri];
    if (!found) throw new Failure('source_not_found', `${uri} answers 404: there is nothing.`);
    return found;
  };
  const run = async <T>(work: () => T) => Promise.resolve().then(work);
  return {
    asked,
    read: ({ uri, offset = 0, length }) =>
      run(() => {
        const bytes = open(uri).subarray(offset, length === undefined ? undefined : offset + length);
        return Uint8Array.from(bytes);
      }),
    readSome: ({ uri }, offset, length) => run(() => Uint8Array.from(open(uri).subarray(offset, offset + length))),
    size: ({ uri }) => run(() => open(uri).length),
  };
}

const encryption = {
  method: 'AES-128',
  key: 'https://k.example/key?token=secret',
  iv: iv.toString('hex'),
  offset: 0,
} as const;
const uri = 'https://m.example/1.ts?signature=secret';
const withKey = (bytes: Uint8Array, theKey: Uint8Array = key) =>
  decryptingSource(resources({ [uri]: bytes, [encryption.key]: theKey }));

const failureOf = async (work: Promise<unknown>) => {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(Failure);
  return error as Failure;
};

describe('a source that deciphers', () => {
  it.each([0, 1, 15, 16, 17, 100, 160])('gives every stretch of %d bytes as it was', async (size) => {
    const plain = randomBytes(size);
    const reader = withKey(encrypt(plain));
    const resource = { uri, encryption };
    expect(Buffer.from(await reader.read(resource))).toEqual(plain);
    expect(await reader.size(resource)).toBe(size);
    for (let offset = 0; offset <= size + 20; offset += 1)
      for (const length of [1, 15, 16, 17, 33, size]) {
        const some = await reader.readSome(resource, offset, length);
        expect(Buffer.from(some), `${length} bytes at ${offset}`).toEqual(plain.subarray(offset, offset + length));
      }
  });

  it('counts from where the encryption begins when a range of a resource is encrypted', async () => {
    const [first, second] = [randomBytes(70), randomBytes(90)];
    const [a, b] = [encrypt(first), encrypt(second)];
    const reader = withKey(Buffer.concat([a, b]));
    const resource = { uri, encryption: { ...encryption, offset: a.length, length: b.length } };
    expect(Buffer.from(await reader.read({ ...resource, offset: a.length }))).toEqual(second);
    expect(Buffer.from(await reader.read({ ...resource, offset: a.length + 20, length: 40 }))).toEqual(
      second.subarray(20, 60),
    );
    expect(await reader.size(resource)).toBe(a.length + 90);
    const one = { uri, encryption: { ...encryption, length: a.length } };
    expect(Buffer.from(await reader.readSome(one, 60, 1000))).toEqual(first.subarray(60));
  });

  it('reads a key once, and again when it could not be had', async () => {
    const inner = resources({ [uri]: encrypt(randomBytes(100)), [encryption.key]: key });
    const reader = decryptingSource(inner);
    await reader.read({ uri, encryption });
    await reader.readSome({ uri, encryption }, 0, 10);
    expect(inner.asked.filter((asked) => asked === encryption.key)).toHaveLength(1);
    const missing = { uri, encryption: { ...encryption, key: 'https://k.example/none' } };
    await failureOf(reader.read(missing));
    await failureOf(reader.read(missing));
    expect(inner.asked.filter((asked) => asked.endsWith('/none'))).toHaveLength(2);
  });

  it('leaves clear resources alone', async () => {
    const inner = resources({ [uri]: Buffer.from('clear') });
    expect(Buffer.from(await decryptingSource(inner).read({ uri })).toString()).toBe('clear');
    expect(inner.asked).toEqual([uri]);
  });

  const cases = [
    {
      name: 'a key that is not there',
      reader: () => decryptingSource(resources({ [uri]: encrypt(randomBytes(50)) })),
      code: 'source_not_found',
      message: 'The key of https://m.example/1.ts cannot be had',
    },
    {
      name: 'a key of another length',
      reader: () => withKey(encrypt(randomBytes(50)), randomBytes(32)),
      code: 'source_invalid',
      message: 'The key of https://m.example/1.ts, https://k.example/key, has 32 bytes; a key of AES-128 has 16',
    },
    {
      name: 'an empty key',
      reader: () => withKey(encrypt(randomBytes(50)), new Uint8Array(0)),
      code: 'source_invalid',
      message: 'has 0 bytes',
    },
    {
      name: 'a segment that is cut off',
      reader: () => withKey(encrypt(randomBytes(50)).subarray(0, 40)),
      code: 'source_invalid',
      message: 'ends after 40 bytes, inside a block of 16',
    },
    {
      name: 'another key',
      // Of 256 wrong keys one would give a padding that looks right: this one does not.
      reader: () => withKey(encrypt(new Uint8Array(50), Buffer.alloc(16, 1)), Buffer.alloc(16, 2)),
      code: 'source_invalid',
      message: 'https://m.example/1.ts cannot be deciphered with the key https://k.example/key',
    },
  ];
  it.each(cases)('says what is wrong with $name, and no secret', async ({ reader, code, message }) => {
    const failure = await failureOf(reader().read({ uri, encryption: { ...encryption, iv: '0'.repeat(32) } }));
    expect(failure).toMatchObject({ code, message: expect.stringContaining(message) as string });
    if (code !== 'source_not_found') expect(JSON.stringify([failure.message, failure.details])).not.toContain('secret');
    expect(JSON.stringify([failure.message, failure.details])).not.toContain(key.toString('hex'));
  });

  it('takes no key from where no segment may be: another folder, another kind of address', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'reelway-keys-'));
    try {
      await mkdir(path.join(folder, 'source'));
      await writeFile(path.join(folder, 'outside.key'), key);
      await writeFile(path.join(folder, 'source', 'index.m3u8'), '#EXTM3U');
      await writeFile(path.join(folder, 'source', '1.ts'), encrypt(randomBytes(50)));
      const reader = decryptingSource(fileSource(path.join(folder, 'source', 'index.m3u8')));
      const segment = path.join(folder, 'source', '1.ts');
      for (const elsewhere of [
        path.join(folder, 'outside.key'),
        'https://k.example/key',
        'data:text/plain,0123456789abcdef',
      ]) {
        const failure = await failureOf(reader.read({ uri: segment, encryption: { ...encryption, key: elsewhere } }));
        expect(failure.code).toBe('url_refused');
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('holds to limits', async () => {
    const reader = withKey(encrypt(randomBytes(100)));
    const failure = await failureOf(reader.read({ uri, encryption }, { limit: 99 }));
    expect(failure.code).toBe('source_too_large');
    expect(await reader.read({ uri, encryption }, { limit: 100 })).toHaveLength(100);
  });
});
