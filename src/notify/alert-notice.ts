import { alertTable, type AlertKind, type KnownAlert } from '../domain/alert.js';
import type { Notice } from './notice.js';

/** Things of one kind that a notice lists; of more it says how many. */
const listedAtMost = 20;

export interface AlertGroup {
  readonly kind: AlertKind;
  readonly alerts: readonly [KnownAlert, ...KnownAlert[]];
  readonly state: 'begun' | 'over';
}

/** Alerts of one kind that began together, or are over together, are one notice. @param publicUrl of the dashboard */
export function noticeOfAlerts({ kind, alerts, state }: AlertGroup, publicUrl: string): Notice {
  const { title, help, page } = alertTable[kind];
  const about = alerts.length === 1 ? oneLine(alerts[0].what) : `${title} (${alerts.length})`;
  const subject = state === 'over' ? `Over: ${about}` : `Alert: ${about}`;
  const listed = alerts.slice(0, listedAtMost).map(({ what, since }) => `- ${oneLine(what)} (since ${iso(since)})`);
  const more = alerts.length > listedAtMost ? [`- and ${alerts.length - listedAtMost} more`] : [];
  return {
    id: idOf({ kind, alerts, state }),
    subject,
    text: [subject, '', ...listed, ...more, '', ...(state === 'begun' ? [help] : []), `${publicUrl}/#/${page}`].join(
      '\n',
    ),
    data: { Type: state === 'over' ? 'NOTIFICATION' : 'ERROR', Message: subject, Id: `alert:${kind}` },
  };
}

/**
 * In the order in which they are given. Those that begin are grouped by when they were first seen: looked at again after a kill, by then with
 * others beside them, they are the same group.
 */
export function groupsOf(alerts: readonly KnownAlert[], state: AlertGroup['state']): AlertGroup[] {
  const keyOf = ({ kind, since }: KnownAlert) => (state === 'begun' ? `${kind} ${since}` : kind);
  return [...new Set(alerts.map(keyOf))].flatMap((key) => {
    const [first, ...rest] = alerts.filter((each) => keyOf(each) === key);
    return first ? [{ kind: first.kind, state, alerts: [first, ...rest] as const }] : [];
  });
}

/** The same group has the same id: told again after a kill, it is no second notice. */
function idOf({ kind, alerts, state }: AlertGroup): string {
  const times = alerts.map(({ since }) => since);
  if (state === 'begun') return `alert:${kind}:begun:${times[0]}`;
  return `alert:${kind}:over:${Math.min(...times)}-${Math.max(...times)}:${alerts.length}:${alerts[0].subject}`;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').slice(0, 300);
}

function iso(time: number): string {
  return new Date(time).toISOString().slice(0, 16).replace('T', ' ') + ' UTC';
}
