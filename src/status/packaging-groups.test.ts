import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { serverDatabase, type OpenedDatabase } from '../../test/support/databases.js';
import { requires } from '../../test/support/requires.js';
import { packagingGroups } from './packaging-groups.js';

/** In an order of its own, which people get back. */
const lectures = {
  PackagingConfigurations: [{ Id: 'cmaf', CmafPackage: { HlsManifests: [{ ManifestName: 'index' }] } }],
  PackagingGroup: { Id: 'lectures' },
};
const harvested = { PackagingGroup: { Id: 'lectures' }, Egress: 'mediapackage-vod' };

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'reelway-groups-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

async function withFile(group: object): Promise<{ folder: string; file: string }> {
  const folder = await emptyFolder();
  const file = path.join(folder, 'packaging-groups/lectures.json');
  await mkdir(path.dirname(file));
  await writeFile(file, JSON.stringify(group));
  return { folder, file };
}

describe('packaging groups beside the embedded database', () => {
  it('are files that people may edit', async () => {
    const { folder, file } = await withFile(harvested);
    const groups = packagingGroups(folder);
    expect(await groups.list()).toEqual(['lectures']);
    expect((await groups.find('lectures'))?.group.egress).toBe('mediapackage-vod');
    await groups.save('lectures', lectures);
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(lectures);
    expect(await groups.find('nobody')).toBeUndefined();
  });

  it('are refused by name when they are none', async () => {
    const groups = packagingGroups((await withFile({})).folder);
    await expect(groups.save('others', lectures)).rejects.toMatchObject({ code: 'configuration_invalid' });
    await expect(groups.save('../etc', lectures)).rejects.toMatchObject({ code: 'configuration_invalid' });
    expect(await groups.find('../etc')).toBeUndefined();
  });
});

describe.runIf(requires('postgres'))('packaging groups beside a PostgreSQL server', () => {
  let opened: OpenedDatabase;
  beforeAll(async () => {
    opened = await serverDatabase();
  });
  afterAll(() => opened.remove());

  it('are there for a machine that begins with an empty data folder', async () => {
    const { tables } = opened.database;
    await packagingGroups(await emptyFolder(), tables).save('lectures', harvested);
    await packagingGroups(await emptyFolder(), tables).save('lectures', lectures);
    const elsewhere = packagingGroups(await emptyFolder(), tables);
    expect(await elsewhere.list()).toEqual(['lectures']);
    const found = (await elsewhere.find('lectures'))!;
    expect(found.group.configurations.map(({ Id }) => Id)).toEqual(['cmaf']);
    expect(JSON.stringify(found.file)).toBe(JSON.stringify(lectures));
  });

  it('are files where there are files: these count first, and are what is changed', async () => {
    const { tables } = opened.database;
    await packagingGroups(await emptyFolder(), tables).save('lectures', lectures);
    const { folder, file } = await withFile(harvested);
    const groups = packagingGroups(folder, tables);
    expect(await groups.list()).toEqual(['lectures']);
    expect((await groups.find('lectures'))?.group.egress).toBe('mediapackage-vod');
    await groups.save('lectures', { ...harvested, PackagingGroup: { Id: 'lectures', Tags: { of: 'files' } } });
    expect(await readFile(file, 'utf8')).toContain('"of": "files"');
    await rm(file);
    expect((await groups.find('lectures'))?.group.egress).toBe('embedded');
  });
});
