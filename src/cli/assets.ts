import { Command } from 'commander';
import type { Asset, AssetList } from '../api/contract.js';
import { withApi } from './api-door.js';
import { addCommand } from './assets-add.js';
import type { CommandContext } from './command-context.js';
import { queryOf, sayMore, withPageOptions, type PageOptions } from './list-page.js';
import { formatBytes, formatDuration } from './quantity.js';
import { factLines, section } from './sections.js';
import { tableLines } from './table.js';
import { withExamples } from './with-examples.js';

/** Assets: what is playable, and a new one of a file or an address. */
export function assetsCommand(context: CommandContext): Command {
  return new Command('assets')
    .description(
      'Looks at assets and makes one of a file or an address. `reelway vod run` takes whole requests, and lists of them.',
    )
    .addHelpText('after', examples)
    .addCommand(addCommand(context))
    .addCommand(listCommand(context))
    .addCommand(showCommand(context));
}

const examples = `
Examples:
  reelway assets add lecture.mp4 --packaging-group lectures
  reelway assets list
  reelway assets show lecture`;

function listCommand({ terminal, ...context }: CommandContext): Command {
  return withPageOptions(new Command('list').description('What is playable, newest first.'))
    .addHelpText('after', withExamples('reelway assets list', 'reelway assets list --limit 500 --json'))
    .action(async ({ limit, cursor, json }: PageOptions) => {
      const path = `/api/assets${queryOf({ limit, cursor })}`;
      const page = await withApi({ terminal, ...context }, (api) => api.get<AssetList>(path));
      if (json) return terminal.printJson(page);
      if (page.assets.length === 0) return terminal.say('Nothing is playable yet.');
      for (const line of tableLines(page.assets, columns)) terminal.print(line);
      sayMore(terminal, page.next);
    });
}

const columns = [
  { title: 'ASSET', value: ({ id }: Asset) => id },
  { title: 'GROUP', value: ({ packagingGroupId }: Asset) => packagingGroupId },
  {
    title: 'ENDPOINTS',
    value: ({ endpoints }: Asset) => endpoints.map(({ configurationId }) => configurationId).join(', '),
  },
  {
    title: 'DURATION',
    value: ({ endpoints }: Asset) => formatDuration(Math.max(0, ...endpoints.map(({ durationMs }) => durationMs))),
    align: 'right' as const,
  },
  {
    title: 'SIZE',
    value: ({ endpoints }: Asset) => formatBytes(endpoints.reduce((sum, { bytes }) => sum + bytes, 0)),
    align: 'right' as const,
  },
  { title: 'MADE', value: ({ createdAt }: Asset) => createdAt },
];

function showCommand({ terminal, ...context }: CommandContext): Command {
  return new Command('show')
    .description('An asset and its endpoints, with the addresses that play them.')
    .argument('<id>')
    .option('--json', 'print JSON')
    .addHelpText('after', withExamples('reelway assets show lecture', 'reelway assets show lecture --json'))
    .action(async (id: string, { json }: { json?: true }) => {
      const path = `/api/assets/${encodeURIComponent(id)}`;
      const asset = await withApi({ terminal, ...context }, (api) => api.get<Asset>(path));
      if (json) return terminal.printJson(asset);
      for (const line of assetLines(asset)) terminal.print(line);
    });
}

function assetLines({ id, packagingGroupId, source, job, createdAt, endpoints }: Asset): string[] {
  return [
    ...factLines([
      ['asset', id],
      ['group', packagingGroupId],
      ['source', source],
      ['job', job],
      ['made', createdAt],
    ]),
    ...endpoints.flatMap(({ configurationId, durationMs, objects, bytes, publishedAt, playbackUrls }) =>
      section(configurationId, [
        `${formatDuration(durationMs)}, ${objects} objects, ${formatBytes(bytes)}, published ${publishedAt}`,
        ...playbackUrls,
      ]),
    ),
  ];
}
