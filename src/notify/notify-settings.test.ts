import { describe, expect, it } from 'vitest';
import { notifyProblems, notifySettings } from './notify-settings.js';
import { readNotifyTarget, shownNotifyTarget } from './notify-target.js';

describe('who is told', () => {
  it.each([
    ['https://hooks.example.edu/x?key=1', { kind: 'webhook' }],
    [
      'smtp://mail.example.edu?to=a@x.edu&to=b@x.edu',
      { host: 'mail.example.edu', port: 587, secure: false, to: ['a@x.edu', 'b@x.edu'] },
    ],
    [
      'smtps://u%40x:p%2Fw@[2001:db8::1]?to=a@x.edu',
      { host: '2001:db8::1', port: 465, secure: true, login: { user: 'u@x', password: 'p/w' } },
    ],
    ['slack:https://hooks.slack.com/services/T/B/x', { kind: 'slack-webhook' }],
    ['slack:#vod-team', { kind: 'slack-channel', channel: '#vod-team' }],
    ['sns:arn:aws:sns:eu-west-1:123456789012:vod', { kind: 'sns' }],
    ['eventbridge:arn:aws:events:eu-west-1:123456789012:event-bus/vod', { kind: 'event-bus' }],
    ['eventbridge:https://api.example.edu/events', { kind: 'event-webhook' }],
  ])('is %s', (item, target) => {
    expect(readNotifyTarget(item)).toMatchObject(target);
  });

  it.each([
    'ftp://x',
    'smtp:host',
    'smtp://host/path',
    'smtp://host?to=nobody',
    'smtp://host?cc=a@x.edu',
    'slack:',
    'slack:vod',
    'sns:vod',
    'eventbridge:vod',
    'https://',
    'word',
  ])('is not %s', (item) => {
    expect(readNotifyTarget(item)).toBeTypeOf('string');
  });

  it('is shown without passwords', () => {
    const shown = [
      'https://h.example/secret',
      'smtp://u:secret@mail.example.edu?to=a@x.edu',
      'slack:https://hooks.slack.com/secret',
      'eventbridge:https://h.example/secret',
      'nonsense:secret',
    ].map(shownNotifyTarget);
    expect(shown.join(' ')).not.toContain('secret');
    expect(shown[1]).toBe('smtp://mail.example.edu:587');
  });

  it('has to have what its targets need', () => {
    const given = {
      REELWAY_NOTIFY: notifySettings.REELWAY_NOTIFY.schema.parse('smtp://mail.example.edu slack:#vod'),
      NOTIFICATION_EMAIL: [],
      SLACK_API_TOKEN: undefined,
    };
    expect(notifyProblems(given)).toHaveLength(2);
    expect(notifyProblems({ ...given, NOTIFICATION_EMAIL: ['a@x.edu'], SLACK_API_TOKEN: 'xoxb' })).toEqual([]);
  });
});
