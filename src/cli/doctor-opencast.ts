import type { Config } from '../config/config.js';
import { isLoopbackHost } from '../api/loopback.js';
import type { Opencast } from '../publish/opencast/opencast.js';

/** What a look at Opencast has found. */
export interface OpencastFinding {
  readonly status: 'ok' | 'note' | 'problem';
  readonly message: string;
  readonly problems?: readonly string[];
  readonly help?: string;
}

/**
 * Looks whether recordings would come through: the login, the default workflow and series, the count of running ingests, and whether Opencast
 * can fetch media from us.
 * @param opencast undefined when the settings name none
 * @throws Failure of Opencast
 */
export async function opencastFinding(config: Config, opencast: Opencast | undefined): Promise<OpencastFinding> {
  const { OPENCAST_BASE_URL: url, DEFAULT_OC_WORKFLOW: workflow, DEFAULT_SERIES_ID: series } = config;
  if (!opencast || url === undefined)
    return { status: 'note', message: 'none is set up', help: 'Set OPENCAST_BASE_URL to have recordings ingested.' };
  const user = await opencast.whoAmI();
  const problems: string[] = [];
  if (!(await opencast.hasWorkflowDefinition(workflow)))
    problems.push(`there is no workflow ${workflow} (DEFAULT_OC_WORKFLOW)`);
  if (series !== undefined && !(await opencast.series(series)))
    problems.push(`there is no series ${series} (DEFAULT_SERIES_ID)`);
  const running = await opencast.runningIngests();
  if (problems.length > 0) {
    return {
      status: 'problem',
      message: `${url} lacks what the settings name`,
      problems,
      help: 'Correct the settings, or make it there.',
    };
  }
  const message = `${url} knows us as ${user}, has the workflow ${workflow}, and takes in ${running} tracks now`;
  return reachable(config, url) ? { status: 'ok', message } : { status: 'note', message, ...unreachable };
}

const unreachable = {
  problems: ['media lies in a folder here, and this server gives away addresses that only this machine can reach'],
  help: 'Set REELWAY_PUBLIC_URL to an address that Opencast can reach, or OPENCAST_MEDIA=upload.',
};

/** Can Opencast fetch what we give it addresses of, as far as the settings tell? */
function reachable(
  { OPENCAST_MEDIA: by, REELWAY_STORAGE: storage, REELWAY_PUBLIC_URL: own, REELWAY_HOST: host }: Config,
  url: string,
): boolean {
  if (by === 'upload' || storage?.kind === 's3') return true;
  const mine = own === undefined ? host : new URL(own).hostname;
  return !isLoopbackHost(mine) || isLoopbackHost(new URL(url).hostname);
}
