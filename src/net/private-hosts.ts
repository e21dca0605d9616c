import ipaddr from 'ipaddr.js';

/**
 * Hosts that outside input may name although they are private: the setting REELWAY_PRIVATE_HOSTS, and what an operator names himself.
 * A name or a single address, with or without a port, or a network in CIDR notation (any port).
 */
export type PrivateHost =
  | {
      readonly kind: 'host';
      /** lower case; IPv6 in brackets, as URL.hostname has it */ readonly host: string;
      readonly port?: number;
    }
  | { readonly kind: 'network'; readonly address: ipaddr.IPv4 | ipaddr.IPv6; readonly bits: number };

/** Reads one entry: `host`, `host:port`, `[IPv6]:port`, an address, or CIDR; undefined when it is none of them. */
export function parsePrivateHost(text: string): PrivateHost | undefined {
  if (text.includes('/')) return parseNetwork(text);
  const bare = ipaddr.IPv6.isValid(text) ? `[${text}]` : text;
  if (!/^[^\s/?#@\\]+$/.test(bare) || !URL.canParse(`http://${bare}`)) return undefined;
  const { hostname } = new URL(`http://${bare}`);
  const [, port] = /:(\d+)$/.exec(bare.replace(/^\[.*\]/, '')) ?? [];
  if (hostname === '') return undefined;
  return { kind: 'host', host: hostname, ...(port !== undefined && { port: Number(port) }) };
}

function parseNetwork(text: string): PrivateHost | undefined {
  try {
    const [address, bits] = ipaddr.parseCIDR(text);
    return { kind: 'network', address, bits };
  } catch {
    return undefined;
  }
}

/** Is the URL's host itself listed, by the name or address that it is written with? */
export function isListedHost(url: URL, hosts: readonly PrivateHost[]): boolean {
  const port = url.port === '' ? (url.protocol === 'http:' ? 80 : 443) : Number(url.port);
  return hosts.some(
    (entry) =>
      entry.kind === 'host' && entry.host === url.hostname && (entry.port === undefined || entry.port === port),
  );
}

/** Does the address lie in a listed network? */
export function isListedAddress(address: ipaddr.IPv4 | ipaddr.IPv6, hosts: readonly PrivateHost[]): boolean {
  return hosts.some(
    (entry) =>
      entry.kind === 'network' && entry.address.kind() === address.kind() && address.match(entry.address, entry.bits),
  );
}
