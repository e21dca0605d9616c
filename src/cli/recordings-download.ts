import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { Command } from 'commander';
import type { RecordingDetail } from '../api/contract.js';
import { Failure } from '../domain/failure.js';
import { makeFolder } from '../make-folder.js';
import { withApi, type ApiDoor } from './api-door.js';
import type { CommandContext } from './command-context.js';
import { formatBytes } from './quantity.js';
import type { ProgressLine } from './progress-line.js';
import { recordingPath } from './recording-path.js';
import { withExamples } from './with-examples.js';

interface DownloadOptions {
  readonly out: string;
  readonly file?: readonly string[];
  readonly json?: true;
}

/** `reelway recordings download`: the copies that lie in our storage, checked once more on their way. */
export function downloadCommand(context: CommandContext): Command {
  return new Command('download')
    .description(
      'Brings the files of a recording that lie in the storage to a folder of this machine, and checks them.',
    )
    .argument('<uuid>', 'of the recording')
    .requiredOption('--out <folder>', 'where they go')
    .option('--file <name...>', 'only these, as `show` names them')
    .option('--json', 'print what was brought as JSON')
    .addHelpText('after', withExamples("reelway recordings download 'p7l/jwpwQFW5Q62srAYxAA==' --out algebra"))
    .action((uuid: string, options: DownloadOptions) => download(context, uuid, options));
}

async function download(context: CommandContext, uuid: string, { out, file, json }: DownloadOptions): Promise<void> {
  const { terminal, signal, cwd } = context;
  const folder = path.resolve(cwd, out);
  await withApi(context, async (api) => {
    const { fileList } = await api.get<RecordingDetail>(recordingPath(uuid), signal);
    const wanted = storedFiles(fileList, file);
    await makeFolder(folder);
    const line = terminal.progress();
    const brought: { file: string; bytes: number }[] = [];
    try {
      for (const stored of wanted) brought.push(await bring(api, stored, { folder, line, signal }));
    } finally {
      line.clear();
    }
    if (json) return terminal.printJson({ files: brought });
    for (const { file: to, bytes } of brought) terminal.print(`${to} (${formatBytes(bytes)})`);
  });
}

interface StoredFile {
  readonly path: string;
  readonly bytes: number;
  readonly digest: string;
}

/** @throws Failure usage where a name is none of its files'; not_found */
function storedFiles(fileList: RecordingDetail['fileList'], names: readonly string[] | undefined): StoredFile[] {
  const known = fileList.map(({ name }) => name);
  const unknown = names?.filter((name) => !known.includes(name)) ?? [];
  if (unknown.length > 0)
    throw new Failure('usage', `--file: the recording has no ${unknown.join(', ')}; it has ${known.join(', ')}.`);
  const wanted = fileList.filter(({ name }) => names === undefined || names.includes(name));
  const stored = wanted.flatMap((each) => each.stored ?? []);
  if (stored.length > 0) return stored;
  throw new Failure('not_found', 'Nothing of it lies in the storage.', {
    details: { known },
  });
}

interface Bringing {
  readonly folder: string;
  readonly line: ProgressLine;
  readonly signal: AbortSignal;
}

/** Takes its name when it is whole and right. */
async function bring(api: ApiDoor, stored: StoredFile, { folder, line, signal }: Bringing) {
  const { digestLike } = await import('../transfer/digest.js');
  const name = path.posix.basename(stored.path);
  const file = path.join(folder, name);
  const draft = `${file}.part`;
  const handle = await open(draft, 'w');
  async function* written(): AsyncGenerator<Uint8Array> {
    let done = 0;
    for await (const piece of await api.download(`/${stored.path}`, signal)) {
      await handle.writeFile(piece);
      done += piece.byteLength;
      line.update({ name, done, total: stored.bytes, unit: 'bytes' });
      yield piece;
    }
  }
  try {
    const digest = await digestLike(stored.digest as Parameters<typeof digestLike>[0], written());
    if (digest !== stored.digest)
      throw new Failure('recording_file_damaged', `${name} did not come as it lies in the storage.`);
    await handle.close();
    await rename(draft, file);
    return { file, bytes: stored.bytes };
  } catch (error) {
    await handle.close();
    await rm(draft, { force: true });
    throw error;
  }
}
