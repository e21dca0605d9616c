import { describe, expect, it } from 'vitest';
import { Failure } from '../domain/failure.js';
import { readConfig, shownText, unknownNames } from './config.js';

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof Failure && error.code === 'invalid_settings') return error.details['problems'] as string[];
    throw error;
  }
  return [];
}

describe('settings', () => {
  it('has a default for everything that is needed', () => {
    expect(readConfig({})).toMatchObject({
      REELWAY_DATA_DIR: `${process.cwd()}/data`,
      REELWAY_HOST: '127.0.0.1',
      REELWAY_PORT: 8080,
      REELWAY_STORAGE: undefined,
      DATABASE_URL: undefined,
      LOG_LEVEL: 'info',
    });
  });

  it('lists every problem at once: name, what is allowed, what was given', () => {
    expect(
      problemsOf({ REELWAY_PORT: '80800', LOG_LEVEL: 'loud', REELWAY_STORAGE: 'ftp://x', REELWAY_PUBLIC_URL: 'here' }),
    ).toEqual([
      'REELWAY_PORT: a whole number from 0 to 65535; 0 takes any free port; given: 80800',
      'REELWAY_PUBLIC_URL: an http or https URL without query; given: here',
      'REELWAY_STORAGE: `file:<folder>` or `s3://<bucket>/<prefix>`; given: ftp://x',
      'LOG_LEVEL: one of fatal, error, warn, info, debug, trace, silent; given: loud',
    ]);
  });

  it.each([
    ['file:/srv/media', { kind: 'file', folder: '/srv/media' }],
    ['file:///srv/media', { kind: 'file', folder: '/srv/media' }],
    ['file:./here', { kind: 'file', folder: `${process.cwd()}/here` }],
    ['s3://bucket', { kind: 's3', bucket: 'bucket', prefix: '' }],
    ['s3://bucket/a/b/', { kind: 's3', bucket: 'bucket', prefix: 'a/b' }],
  ])('reads REELWAY_STORAGE=%s', (text, location) => {
    expect(readConfig({ REELWAY_STORAGE: text }).REELWAY_STORAGE).toEqual(location);
  });

  it.each(['file:', 'file://host/share', 's3://', 's3://b', 's3://bucket/a/../b', 's3://bucket//a', '/srv/media'])(
    'refuses REELWAY_STORAGE=%s',
    (text) => expect(problemsOf({ REELWAY_STORAGE: text })).toHaveLength(1),
  );

  it('needs tokens for the metrics of a worker, which are for nobody without one', () => {
    const port = { REELWAY_WORKER_METRICS_PORT: '9464' };
    expect(problemsOf(port)).toEqual([
      'REELWAY_WORKER_METRICS_PORT: needs REELWAY_API_TOKENS, of which /metrics asks for one',
    ]);
    expect(readConfig({ ...port, REELWAY_API_TOKENS: 'prometheus@viewer:0123456789abcdef' })).toMatchObject({
      REELWAY_WORKER_METRICS_PORT: 9464,
      REELWAY_WORKER_METRICS_HOST: '127.0.0.1',
    });
  });

  it('never shows a secret, not even a wrong one', () => {
    const shown = problemsOf({
      REELWAY_API_TOKENS: 'ci:hunter2 hunter3',
      DATABASE_URL: 'mysql://root:hunter4@db/reelway',
    }).join('\n');
    expect(shown).toContain('ci:***,***');
    expect(shown).toContain('mysql://root:***@db/reelway');
    expect(shown).not.toMatch(/hunter/);
    expect(shownText('DATABASE_URL', 'not a url: hunter2')).toBe('***');
  });

  it.each(['0.0.0.0', '::', '10.0.0.7', 'media.example.edu'])(
    'refuses to listen on %s, which others can reach, without tokens',
    (host) => {
      expect(problemsOf({ REELWAY_HOST: host })).toHaveLength(1);
      expect(problemsOf({ REELWAY_HOST: host, REELWAY_API_TOKENS: 'ci:0123456789abcdef' })).toEqual([]);
    },
  );

  it.each(['127.0.0.1', '127.8.9.1', '::1', 'localhost'])('needs no tokens for %s', (host) => {
    expect(problemsOf({ REELWAY_HOST: host })).toEqual([]);
  });

  it('points out names that it does not know, with the one that was probably meant', () => {
    expect(unknownNames({ REELWAY_PROT: '1', REELWAY_COLOUR_OF_SKY: 'blue', HOME: '/' })).toEqual([
      'REELWAY_PROT is no setting of Reelway; did you mean REELWAY_PORT?',
      'REELWAY_COLOUR_OF_SKY is no setting of Reelway.',
    ]);
  });

  it('takes the token of Slack without the rest, for notices to its channels', () => {
    const environment = { REELWAY_NOTIFY: 'slack:#vod', SLACK_API_TOKEN: 'xoxb-1' };
    expect(readConfig(environment).REELWAY_NOTIFY).toEqual([{ kind: 'slack-channel', channel: '#vod' }]);
  });
});
