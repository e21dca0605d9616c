import { resolve } from 'node:path';
import { Failure } from '../domain/failure.js';
import type { SubmitChoice } from '../workflow/submit-asset.js';
import type { CommandContext } from './command-context.js';
import { readJson, withAbsoluteSource } from './vod-request.js';

export interface BatchCommandOptions {
  readonly group?: string;
  readonly json?: true;
  readonly failures?: string;
  readonly urgency: NonNullable<SubmitChoice['urgency']>;
  readonly atOnce?: number;
  readonly again?: true;
}

/** failures that are shown as they happen; the file has all */
const shownFailures = 20;

/** `reelway vod run --batch`: a list of requests, to the end of the last. */
export async function runBatchCommand(
  context: CommandContext,
  list: string,
  options: BatchCommandOptions,
): Promise<void> {
  const { terminal, signal, cwd } = context;
  const file = resolve(cwd, list);
  const failedList = resolve(cwd, options.failures ?? `${list}.failed.jsonl`);
  const packagingGroup =
    options.group === undefined ? undefined : await readJson(options.group, cwd, 'configuration_invalid');
  const [{ loadSettings }, { openAssetDoor }, { runBatch }, { checkList }, { openFailureFile }] = await Promise.all([
    import('./settings.js'),
    import('./asset-door.js'),
    import('./run-batch.js'),
    import('./batch-list.js'),
    import('./batch-failures.js'),
  ]);
  await checkList(file);
  const settings = await loadSettings(context);
  const failureFile = await openFailureFile(failedList);
  const door = await openAssetDoor(context, settings).catch(async (error: unknown) => {
    await failureFile.discard();
    throw error;
  });
  const line = terminal.progress();
  let shown = 0;
  try {
    if (door.server !== undefined) terminal.say(`The server at ${door.server} does the work.`);
    const { failures, ...counts } = await runBatch(door, {
      list: file,
      packagingGroup,
      choice: { urgency: options.urgency, whenDone: options.again ? 'again' : 'leave' },
      underWay: options.atOnce ?? Number.POSITIVE_INFINITY,
      prepare: (request) => withAbsoluteSource(request, cwd),
      signal,
      progress: ({ requests, done, failed, underWay }) =>
        line.update({
          ...{ name: '', done: done + failed, total: requests, unit: 'requests' },
          note: `${underWay} under way, ${failed} failed`,
        }),
      failed: (number, { code, message }) => {
        if (shown++ < shownFailures) terminal.say(`line ${number}: ${message} [${code}]`);
        else if (shown === shownFailures + 1) terminal.say('More failures are in the file of failures.');
      },
    });
    line.clear();
    await failureFile.write(file, failures);
    await door.settle(signal);
    const { requests, done, failed } = counts;
    if (!options.json) terminal.print(`${requests} requests: ${done} made, ${failed} failed`);
    else if (failed === 0) terminal.printJson({ requests, done, failed });
    if (failed > 0) {
      throw new Failure('batch_incomplete', `${failed} of ${requests} requests failed: ${failedList} has them.`, {
        details: { requests, done, failed, failures: failedList },
      });
    }
  } catch (error) {
    if (signal.aborted)
      terminal.say(
        door.server === undefined
          ? 'The same command goes on where it was stopped.'
          : 'What was handed in goes on in the server; the same command hands in the rest.',
      );
    throw error;
  } finally {
    line.clear();
    await failureFile.discard();
    await door.close();
  }
}
