import type { EndpointSuccess } from '../notify/notice.js';
import { formatBytes } from './quantity.js';
import type { Terminal } from './terminal.js';

/** What came of an endpoint. */
export const statusWords = { complete: 'made', skipped: 'complete already', repaired: 'repaired' } as const;

/** An endpoint that was just made, and where it is. */
export function printEndpoint(terminal: Terminal, endpoint: EndpointSuccess): void {
  const size = `${endpoint.objects} objects, ${formatBytes(endpoint.bytes)}`;
  terminal.print(`${endpoint.configurationId}: ${statusWords[endpoint.status]} (${size})`);
  for (const place of [...endpoint.locations, ...endpoint.playbackUrls]) terminal.print(`  ${place}`);
  for (const note of endpoint.notes ?? []) terminal.print(`  note: ${note}`);
}
