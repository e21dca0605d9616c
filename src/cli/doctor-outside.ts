import type { Config } from '../config/config.js';
import { httpClient } from '../net/request.js';
import { trusting } from '../net/safe-url.js';
import { slackApi } from '../source/slack/slack-api.js';
import type { TimetableSource } from '../source/timetable/google-sheets.js';
import type { Finding } from './doctor-finding.js';

type Found = Omit<Finding, 'name'>;

/**
 * Reads the class schedule as `reelway schedule sync` does, and changes nothing.
 * @param sheets undefined when the settings name a spreadsheet in part
 * @throws Failure sheets_unavailable, sheets_refused, schedule_invalid, invalid_settings
 */
export async function spreadsheetFinding(config: Config, sheets: TimetableSource | undefined): Promise<Found> {
  if (!sheets)
    return {
      status: 'problem',
      message: 'GSHEETS_DOC_ID is set, and others that it needs are not',
      problems: (['GSHEETS_SHEET_NAMES', 'GSHEETS_CREDENTIALS_FILE'] as const)
        .filter((name) => config[name] === undefined)
        .map((name) => `${name} is missing`),
      help: 'Set all three, or none.',
      code: 'invalid_settings',
    };
  const { classes, problems } = await sheets.read();
  const message = `${classes.length} classes in ${config.GSHEETS_SHEET_NAMES?.join(', ')}`;
  if (problems.length === 0) return { status: 'ok', message };
  return {
    status: 'note',
    message: `${message}; ${problems.length} rows cannot be used`,
    problems: problems.slice(0, 10).map((problem) => `${problem.source} line ${problem.line}: ${problem.reason}`),
    help: 'Correct the rows; `reelway schedule sync --dry-run` lists all of them.',
  };
}

/** Asks Slack who we are, and whether it has the groups. @throws Failure slack_unavailable */
export async function slackFinding(config: Config): Promise<Found> {
  const { SLACK_API_BASE_URL: baseUrl, SLACK_API_TOKEN: token = '', SLACK_ALLOWED_GROUPS: groups = [] } = config;
  const http = httpClient({ policy: trusting(baseUrl, { privateHosts: config.REELWAY_PRIVATE_HOSTS }) });
  const { team, user, missingGroups } = await slackApi({ baseUrl, token, groups, http }).check();
  const message = `the token is that of ${user} in ${team}`;
  if (missingGroups.length === 0) return { status: 'ok', message };
  return {
    status: 'problem',
    message: `${message}, which lacks groups of SLACK_ALLOWED_GROUPS: their members may not use /zip`,
    problems: missingGroups.map((group) => `there is no user group @${group}`),
    help: 'Correct SLACK_ALLOWED_GROUPS, or make the groups in Slack.',
    code: 'invalid_settings',
  };
}
