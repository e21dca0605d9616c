/** A host that recordings may come from: `*.zoom.us` is every name below zoom.us; with a port only that port. */
export type HostPattern = string;

export function isListed(url: URL, hosts: readonly HostPattern[]): boolean {
  const port = url.port === '' ? (url.protocol === 'http:' ? '80' : '443') : url.port;
  return hosts.some((pattern) => {
    const [, name = '', wanted] = /^([^:]*)(?::(\d+))?$/.exec(pattern) ?? [];
    if (wanted === undefined ? url.port !== '' : wanted !== port) return false;
    return name.startsWith('*.') ? url.hostname.endsWith(name.slice(1)) : url.hostname === name;
  });
}
