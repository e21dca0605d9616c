import type { Config } from './config/config.js';
import { hostLimits } from './net/host-limits.js';
import { pace } from './net/pace.js';
import { httpClient } from './net/request.js';
import type { Visitors } from './net/visitors.js';
import { bodyMemory } from './transfer/harvest/body-memory.js';
import type { HarvestPorts } from './transfer/harvest/harvest.js';

type HarvestConfig = Pick<
  Config,
  'REELWAY_HARVEST_BANDWIDTH' | 'REELWAY_HARVEST_CONCURRENCY' | 'REELWAY_HARVEST_RATE' | 'REELWAY_PRIVATE_HOSTS'
>;

/**
 * What all harvests of a server share: endpoints of one group lie on one host, which has one pace.
 * @param visitors of other processes, who share the requests that are under way to one host
 */
export function harvestPorts(config: HarvestConfig, visitors?: Visitors): HarvestPorts {
  const { REELWAY_HARVEST_CONCURRENCY: concurrency, REELWAY_PRIVATE_HOSTS: privateHosts } = config;
  const { REELWAY_HARVEST_RATE: requestsPerSecond, REELWAY_HARVEST_BANDWIDTH: megabytes } = config;
  return {
    client: httpClient({ policy: { privateHosts }, limits: hostLimits({ perHost: concurrency, visitors }) }),
    pace: pace({
      ...{ concurrency, visitors },
      ...(requestsPerSecond !== undefined && { requestsPerSecond }),
      ...(megabytes !== undefined && { bytesPerSecond: megabytes * 1e6 }),
    }),
    concurrency,
    memory: bodyMemory(),
  };
}
