import { z } from 'zod';
import { listItems, settings } from '../domain/setting.js';

/** Hosts that recordings may come from: `*.zoom.us` is every name below zoom.us; with a port only that port. */
export type HostPattern = string;

const patterns = z.string().transform((text, context): readonly HostPattern[] => {
  const items = listItems(text).map((item) => item.toLowerCase());
  const wrong = items.find((item) => !/^(\*\.)?[a-z0-9.-]+(:\d{1,5})?$/.test(item) || item === '*.');
  if (wrong === undefined && items.length > 0) return items;
  context.addIssue({ code: 'custom', message: `${wrong ?? 'nothing'} is no host` });
  return z.NEVER;
});

export const downloadSettings = settings({
  ZOOM_DOWNLOAD_HOSTS: {
    about: 'Hosts that files of recordings are fetched from and redirected to; our token goes nowhere else.',
    allowed: 'a list of `host`, `*.domain` or `host:port`',
    schema: patterns,
    default: 'zoom.us,*.zoom.us,*.zoomgov.com,*.zoom.com.cn',
  },
});

export function isListed(url: URL, hosts: readonly HostPattern[]): boolean {
  const port = url.port === '' ? (url.protocol === 'http:' ? '80' : '443') : url.port;
  return hosts.some((pattern) => {
    const [, name = '', wanted] = /^(.*?)(?::(\d+))?$/.exec(pattern) ?? [];
    if (wanted === undefined ? url.port !== '' : wanted !== port) return false;
    return name.startsWith('*.') ? url.hostname.endsWith(name.slice(1)) : url.hostname === name;
  });
}
