import { join } from 'node:path';
import { isLoopbackHost } from '../api/loopback.js';
import { apiSettings } from '../api/api-settings.js';
import { oidcSettings } from '../api/oidc-settings.js';
import { Failure } from '../domain/failure.js';
import type { Settings, SettingValue } from '../domain/setting.js';
import { intakeSettings } from '../intake/intake-settings.js';
import { logSettings } from '../log.js';
import { netSettings } from '../net/net-settings.js';
import { notifyProblems, notifySettings } from '../notify/notify-settings.js';
import { opencastProblem, opencastSettings } from '../publish/opencast/opencast-settings.js';
import { credentialProblem } from '../source/zoom/zoom-credentials.js';
import { zoomSettings } from '../source/zoom/zoom-settings.js';
import { recurringSettings } from '../workflow/recurring-settings.js';
import { publishSettings } from '../workflow/publish-settings.js';
import { queueSettings } from '../workflow/queue-settings.js';
import { slackSettings } from '../source/slack/slack-settings.js';
import { timetableSettings } from '../source/timetable/timetable-settings.js';
import { databaseSettings } from '../status/database-settings.js';
import { retentionSettings } from '../status/retention-settings.js';
import type { StorageLocation } from '../storage/location.js';
import { storageSettings } from '../storage/storage-settings.js';
import { downloadSettings } from '../transfer/download-settings.js';
import { harvestSettings } from '../transfer/harvest-settings.js';
import { sourceSettings } from '../transfer/source-settings.js';
import { uploadSettings } from '../transfer/upload-settings.js';
import type { Environment } from './environment.js';
import { nearestName } from './nearest-name.js';

/** Every setting there is, by what it is about: the sections of docs/settings.md. */
export const settingSections = {
  'Data and database': { ...databaseSettings, ...retentionSettings },
  'API and dashboard': apiSettings,
  'Single sign-on': oidcSettings,
  Storage: storageSettings,
  'Outbound requests': netSettings,
  Notices: notifySettings,
  Zoom: zoomSettings,
  'Jobs and recurring work': { ...queueSettings, ...recurringSettings },
  'Class schedule': { ...intakeSettings, ...timetableSettings },
  Slack: slackSettings,
  'Downloads and sources': { ...downloadSettings, ...sourceSettings, ...uploadSettings },
  Harvests: harvestSettings,
  Publishing: publishSettings,
  Opencast: opencastSettings,
  'Log and traces': logSettings,
} as const;

/** Every setting under the name of its environment variable. */
export const allSettings = {
  ...settingSections['Data and database'],
  ...settingSections['API and dashboard'],
  ...settingSections['Single sign-on'],
  ...settingSections.Storage,
  ...settingSections['Outbound requests'],
  ...settingSections.Notices,
  ...settingSections.Zoom,
  ...settingSections['Jobs and recurring work'],
  ...settingSections['Class schedule'],
  ...settingSections.Slack,
  ...settingSections['Downloads and sources'],
  ...settingSections.Harvests,
  ...settingSections.Publishing,
  ...settingSections.Opencast,
  ...settingSections['Log and traces'],
};

export type SettingName = keyof typeof allSettings;
export type Config = { readonly [Name in SettingName]: SettingValue<(typeof allSettings)[Name]> };

/**
 * Reads all settings at once.
 * @throws Failure invalid_settings that lists every problem: name, what is allowed, what was given (secrets masked)
 */
export function readConfig(environment: Environment): Config {
  const values: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [name, setting] of Object.entries(allSettings as Settings)) {
    const text = environment[name] ?? setting.default;
    const parsed = text === undefined ? { success: true as const, data: undefined } : setting.schema.safeParse(text);
    if (parsed.success) values[name] = parsed.data;
    else problems.push(`${name}: ${setting.allowed}; given: ${shownText(name as SettingName, text ?? '')}`);
  }
  if (problems.length === 0) problems.push(...contradictions(values as Config));
  if (problems.length > 0) {
    const count = problems.length === 1 ? 'A setting is' : `${problems.length} settings are`;
    throw new Failure('invalid_settings', `${count} not usable.`, { details: { problems } });
  }
  return values as Config;
}

function contradictions(config: Config): string[] {
  const { REELWAY_HOST: host, REELWAY_API_TOKENS: tokens } = config;
  const slack = slackProblem(config);
  const oidc = oidcProblem(config);
  const zoom = credentialProblem(config);
  const opencast = opencastProblem(config);
  return [
    ...(isLoopbackHost(host) || tokens !== undefined
      ? []
      : [`REELWAY_HOST: an address that others can reach (${host}) needs REELWAY_API_TOKENS, a list of name:secret`]),
    ...(config.REELWAY_WORKER_METRICS_PORT === undefined || tokens !== undefined
      ? []
      : ['REELWAY_WORKER_METRICS_PORT: needs REELWAY_API_TOKENS, of which /metrics asks for one']),
    ...(slack === undefined ? [] : [slack]),
    ...(oidc === undefined ? [] : [oidc]),
    ...(zoom === undefined ? [] : [zoom]),
    ...(opencast === undefined ? [] : [opencast]),
    ...notifyProblems(config),
  ];
}

/** Half of it would let nobody in, and say nothing. */
function slackProblem(config: Config): string | undefined {
  const names = ['SLACK_SIGNING_SECRET', 'SLACK_API_TOKEN', 'SLACK_ALLOWED_GROUPS'] as const;
  const missing = names.filter((name) => config[name] === undefined);
  // The token alone is for notices to channels.
  const onlyToken = config.SLACK_SIGNING_SECRET === undefined && config.SLACK_ALLOWED_GROUPS === undefined;
  if (missing.length === 0 || onlyToken) return undefined;
  return `Slack needs ${names.join(', ')} together; missing: ${missing.join(', ')}`;
}

/** Without rules nobody would get in, and without the rest there is nobody to ask. */
function oidcProblem(config: Config): string | undefined {
  const names = ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_ROLES'] as const;
  const missing = names.filter((name) => config[name] === undefined);
  if (missing.length === 0 || missing.length === names.length) return undefined;
  return `OpenID Connect needs ${names.join(', ')} together; missing: ${missing.join(', ')}`;
}

/** Where media is kept: REELWAY_STORAGE, else a folder of the data folder. */
export function storageOf({ REELWAY_STORAGE: given, REELWAY_DATA_DIR: dataFolder }: Config): StorageLocation {
  return given ?? { kind: 'file', folder: join(dataFolder, 'media') };
}

/** A setting's text as people may see it. */
export function shownText(name: SettingName, text: string): string {
  const { mask } = (allSettings as Settings)[name] ?? {};
  return mask ? mask(text) : text;
}

/** Names that look like ours and are not: each with the one that was probably meant. */
export function unknownNames(environment: Environment): string[] {
  const known = Object.keys(allSettings);
  return Object.keys(environment)
    .filter((name) => name.startsWith('REELWAY_') && !known.includes(name))
    .map((name) => {
      const meant = nearestName(name, known);
      return `${name} is no setting of Reelway${meant ? `; did you mean ${meant}?` : '.'}`;
    });
}
