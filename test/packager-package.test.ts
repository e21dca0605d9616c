import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { packageInMemory } from '../examples/package-in-memory.js';
import { projectRoot } from './support/reelway.js';

/** The sample, under addresses that lead nowhere. */
async function sampleInMemory(): Promise<Map<string, Uint8Array>> {
  const folder = path.join(projectRoot, 'examples/sample');
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const entries = files.map(async ({ parentPath, name }) => {
    const file = path.join(parentPath, name);
    return [`memory:///${path.relative(folder, file)}`, new Uint8Array(await readFile(file))] as const;
  });
  return new Map(await Promise.all(entries));
}

describe('`reelway/packager`, as another program imports it,', () => {
  it('packages from memory to memory, by the example of the documentation', async () => {
    const source = await sampleInMemory();
    const digests = () => [...source.values()].map((bytes) => crc32(bytes));
    const before = digests();
    const objects = await packageInMemory(source, 'memory:///index.m3u8', {
      Id: 'both',
      CmafPackage: { HlsManifests: [{ ManifestName: 'index' }], DashManifests: [{ ManifestName: 'index' }] },
    });
    const playlist = new TextDecoder().decode(objects.get('index.m3u8'));
    expect(playlist).toContain('#EXT-X-STREAM-INF');
    const named = [...objects].filter(([name]) => name.endsWith('_video_1.m3u8'));
    expect(named).toHaveLength(1);
    const listed = new TextDecoder().decode(named[0]?.[1]).match(/^video_1\/\d+\.m4s$/gm) ?? [];
    expect(listed.length).toBeGreaterThan(3);
    expect(listed.every((name) => (objects.get(name)?.length ?? 0) > 1000)).toBe(true);
    expect(digests()).toEqual(before);
  });

  it('refuses what it cannot package with what is wrong and where', async () => {
    const source = await sampleInMemory();
    const [segment] = [...source.keys()].filter((uri) => uri.endsWith('.ts'));
    source.set(segment ?? '', new Uint8Array(100_000));
    const configuration = { Id: 'cmaf', CmafPackage: { HlsManifests: [{ ManifestName: 'index' }] } };
    await expect(packageInMemory(source, 'memory:///index.m3u8', configuration)).rejects.toThrow(/segment 1/);
  });

  it('needs no module of Node', async () => {
    const files = new Set([path.join(projectRoot, 'dist/packager/packager.js')]);
    const packages = new Set<string>();
    for (const file of files) {
      const code = await readFile(file, 'utf8');
      for (const [, name = ''] of code.matchAll(/(?:from|import\(|^import)\s*["']([^"']+)["']/gm))
        if (name.startsWith('.')) files.add(path.resolve(path.dirname(file), name));
        else packages.add(name);
    }
    expect(files.size).toBeGreaterThan(1);
    expect([...packages]).toEqual(['saxes']);
  });

  it('comes with the licences of what is bundled', async () => {
    const licences = await readFile(path.join(projectRoot, 'dist/licenses.md'), 'utf8');
    expect(licences.match(/^## \S+/gm)).toEqual(['## commander', '## p-limit', '## yocto-queue']);
    expect(licences.match(/^Copyright|^MIT License/gm)?.length).toBeGreaterThanOrEqual(3);
    expect(await readFile(path.join(projectRoot, 'dist/web/licenses.md'), 'utf8')).toContain('## react');
  });

  it('is documented by the example that is run here', async () => {
    const page = await readFile(path.join(projectRoot, 'docs/packager.md'), 'utf8');
    const example = await readFile(path.join(projectRoot, 'examples/package-in-memory.ts'), 'utf8');
    expect(page).toContain(example.trim());
  });
});
