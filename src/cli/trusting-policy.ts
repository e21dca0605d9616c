import { listItems } from '../domain/setting.js';
import { parsePrivateHost } from '../net/private-hosts.js';
import { trusting, type UrlPolicy } from '../net/safe-url.js';

/**
 * What may be asked on behalf of an address that a person named on the command line: its own host, also a private one, and public ones.
 * @param privateHosts REELWAY_PRIVATE_HOSTS as it was given
 */
export function trustingPolicy(address: string, privateHosts: string | undefined): UrlPolicy {
  const hosts = listItems(privateHosts ?? '').map((item) => parsePrivateHost(item));
  return trusting(address, { privateHosts: hosts.filter((host) => host !== undefined) });
}
