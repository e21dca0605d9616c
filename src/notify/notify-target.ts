/** One target of notices, as REELWAY_NOTIFY names it. */
export type NotifyTarget =
  | { readonly kind: 'webhook'; readonly url: string }
  | { readonly kind: 'sns'; readonly topicArn: string }
  | SmtpTarget
  | { readonly kind: 'slack-webhook'; readonly url: string }
  | { readonly kind: 'slack-channel'; readonly channel: string }
  | { readonly kind: 'event-bus'; readonly busArn: string }
  | { readonly kind: 'event-webhook'; readonly url: string };

export interface SmtpTarget {
  readonly kind: 'smtp';
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte (`smtps:`); otherwise by STARTTLS where the server offers it. */
  readonly secure: boolean;
  readonly login?: { readonly user: string; readonly password: string };
  readonly from?: string;
  /** none: whom NOTIFICATION_EMAIL names */
  readonly to: readonly string[];
}

const topicArn = /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}(\.fifo)?$/;
const busArn = /^arn:aws[a-z-]*:events:[a-z0-9-]+:\d{12}:event-bus\/[\w./-]{1,256}$/;
/** `#name` of a public channel, or the id of any channel or person */
const slackChannel = /^(#[^\s#,]{1,80}|[CDGU][A-Z0-9]{4,20})$/;
const address = /^[^\s@<>,;:"]{1,64}@[^\s@<>,;:"]{1,255}$/;

/** @returns what is wrong, when it is no target */
export function readNotifyTarget(item: string): NotifyTarget | string {
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9+.-]{0,31}):(.*)$/is.exec(item) ?? [];
  switch (scheme.toLowerCase()) {
    case 'http':
    case 'https':
      return isHttpUrl(item) ? { kind: 'webhook', url: item } : 'an address of http that is none';
    case 'smtp':
    case 'smtps':
      return readSmtpTarget(item);
    case 'sns':
      return topicArn.test(rest) ? { kind: 'sns', topicArn: rest } : 'sns: needs the ARN of a topic';
    case 'slack':
      if (isHttpUrl(rest)) return { kind: 'slack-webhook', url: rest };
      return slackChannel.test(rest)
        ? { kind: 'slack-channel', channel: rest }
        : 'slack: needs the address of an incoming webhook, #channel, or the id of a channel';
    case 'eventbridge':
      if (isHttpUrl(rest)) return { kind: 'event-webhook', url: rest };
      return busArn.test(rest)
        ? { kind: 'event-bus', busArn: rest }
        : 'eventbridge: needs the ARN of an event bus, or an https address';
    default:
      return `${scheme === '' ? 'something else' : `${scheme}:`} is not available`;
  }
}

/** The target as people may see it: what is a password, or as good as one, is left out. */
export function shownNotifyTarget(item: string): string {
  const target = readNotifyTarget(item);
  if (typeof target === 'string') return '...';
  switch (target.kind) {
    case 'webhook':
      return `${new URL(target.url).origin}/...`;
    case 'slack-webhook':
      return `slack:${new URL(target.url).origin}/...`;
    case 'event-webhook':
      return `eventbridge:${new URL(target.url).origin}/...`;
    case 'smtp':
      return `${target.secure ? 'smtps' : 'smtp'}://${target.host}:${target.port}`;
    case 'sns':
    case 'slack-channel':
    case 'event-bus':
      return item;
  }
}

function isHttpUrl(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text);
}

/** Is it an address of mail, of which a list has no other signs? */
export function isMailAddress(text: string): boolean {
  return address.test(text);
}

function readSmtpTarget(item: string): SmtpTarget | string {
  if (!/^smtps?:\/\//i.test(item) || !URL.canParse(item)) return 'smtp: needs //host';
  const { protocol, hostname, port, username, password, searchParams, pathname } = new URL(item);
  const secure = protocol === 'smtps:';
  const unknown = [...searchParams.keys()].find((name) => name !== 'from' && name !== 'to');
  if (unknown !== undefined) return `smtp: has no ${unknown}, but from and to`;
  if (hostname === '' || (pathname !== '' && pathname !== '/')) return 'smtp: needs //host and no path';
  const from = searchParams.get('from') ?? undefined;
  const to = searchParams.getAll('to');
  if (![...to, ...(from === undefined ? [] : [from])].every(isMailAddress))
    return 'smtp: a from or to that is no address';
  return {
    kind: 'smtp',
    // An address of IPv6 is in brackets in a URL only.
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (secure ? 465 : 587) : Number(port),
    secure,
    ...(username !== '' && { login: { user: decodeURIComponent(username), password: decodeURIComponent(password) } }),
    ...(from !== undefined && { from }),
    to,
  };
}
