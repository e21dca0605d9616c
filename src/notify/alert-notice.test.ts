import { expect, it } from 'vitest';
import type { KnownAlert } from '../domain/alert.js';
import { groupsOf, noticeOfAlerts } from './alert-notice.js';

const since = Date.parse('2026-11-20T14:05:00Z');
const job = (n: number): KnownAlert => ({
  kind: 'dead_letter',
  subject: `job:${n}`,
  what: `lesson ${n}\nfailed`,
  since,
  toldAt: null,
});

it('a notice of alerts says what, since when, what to do and where to look', () => {
  const [group] = groupsOf([job(1)], 'begun');
  const notice = noticeOfAlerts(group!, 'https://reelway.example.edu');
  expect(notice.subject).toBe('Alert: lesson 1 failed');
  expect(notice.text).toContain('- lesson 1 failed (since 2026-11-20 14:05 UTC)');
  expect(notice.text).toContain('Mend what the job says is wrong');
  expect(notice.text).toContain('https://reelway.example.edu/#/now');
  expect(notice.data.Type).toBe('ERROR');
});

it('many of one kind are one notice that lists the first of them and counts the others', () => {
  const jobs = Array.from({ length: 25 }, (_, n) => job(n));
  const lost: KnownAlert = { kind: 'worker_lost', subject: 'w', what: 'worker w is gone', since, toldAt: null };
  const groups = groupsOf([...jobs, lost], 'begun');
  expect(groups.map(({ kind, alerts }) => [kind, alerts.length])).toEqual([
    ['dead_letter', 25],
    ['worker_lost', 1],
  ]);
  expect(noticeOfAlerts(groups[0]!, '').text).toContain('- and 5 more');
});

it('what is over is told as no error, under another id than its beginning', () => {
  const ids = (['begun', 'over'] as const).map((state) => noticeOfAlerts(groupsOf([job(1)], state)[0]!, '').id);
  expect(new Set(ids).size).toBe(2);
  const notice = noticeOfAlerts(groupsOf([job(1)], 'over')[0]!, '');
  expect([notice.subject, notice.data.Type]).toEqual(['Over: lesson 1 failed', 'NOTIFICATION']);
});
