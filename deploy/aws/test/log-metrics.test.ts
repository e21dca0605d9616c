import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Match } from 'aws-cdk-lib/assertions';
import { synthesize, textOf } from './synthesize.js';

type Line = Readonly<Record<string, unknown>>;

/**
 * Does a line match a pattern? The part of the syntax that ours use: comparisons with = < >=, `*` in texts, && || and parentheses.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html
 */
function matches(pattern: string, line: Line): boolean {
  const tokens = pattern.match(/\$\.\w+|"[^"]*"|[\d.]+|&&|\|\||>=|[=<(){}*]/g)!;
  assert.deepEqual([tokens.shift(), tokens.pop()], ['{', '}'], pattern);
  const comparison = (): boolean => {
    if (tokens[0] === '(') {
      tokens.shift();
      const inside = either();
      assert.equal(tokens.shift(), ')');
      return inside;
    }
    const [field = '', operator = '', value = ''] = tokens.splice(0, 3);
    const found = line[field.slice(2)];
    if (found === undefined) return false;
    if (operator === '<') return Number(found) < Number(value);
    if (operator === '>=') return Number(found) >= Number(value);
    if (value === '*') return true;
    const [start = '', end] = value.slice(1, -1).split('*', 2);
    return end === undefined ? found === start : String(found).startsWith(start) && String(found).endsWith(end);
  };
  const both = (): boolean => {
    let all = comparison();
    while (tokens[0] === '&&') all = (tokens.shift(), comparison()) && all;
    return all;
  };
  const either = (): boolean => {
    let any = both();
    while (tokens[0] === '||') any = (tokens.shift(), both()) || any;
    return any;
  };
  const answer = either();
  assert.deepEqual(tokens, [], pattern);
  return answer;
}

/** What Reelway itself writes. */
const source = new URL('../../../src/', import.meta.url).href;
const { eventLine, statusLine } = await import(`${source}workflow/recording-lines.ts`);
const { refusedLine } = await import(`${source}api/routes/zoom-ingester.ts`);
const { decideIngest } = await import(`${source}intake/decide-ingest.ts`);
function written(write: (log: object) => void): Line {
  const lines: Line[] = [];
  const at = (level: number) => (facts: object, msg: string) => void lines.push({ ...facts, msg, level });
  write({ info: at(30), warn: at(40) });
  assert.equal(lines.length, 1);
  return lines[0]!;
}

const recording = { uuid: 'a==', durationMinutes: 50, files: [{ fileType: 'MP4' }] };
const changed = { uuid: 'a==', durationMinutes: 50, requestedAt: 0, at: 12 * 60_000 + 59_999 };
const ofStatus = (status: string, reason?: string) => written((log) => statusLine(log)({ ...changed, status, reason }));
const ofEvent = (name: string) => written((log) => eventLine(log, { key: 'k', name, outcome: 'done' }));
const refused = (route: string, status: number) => written((log) => refusedLine(log, route, status));
const tooShort: string = decideIngest(recording, { others: [], classes: [] }, { minimumDuration: 60 }).reason;

const lines: Record<string, Line> = {
  started: ofEvent('recording.started'),
  ended: ofEvent('meeting.ended'),
  webinarEnded: ofEvent('webinar.ended'),
  completed: ofEvent('recording.completed'),
  renamed: ofEvent('recording.renamed'),
  short: ofStatus('IGNORED', tooShort),
  unmatched: ofStatus('IGNORED', 'No opencast series match'),
  taken: ofStatus('SENT_TO_DOWNLOADER'),
  sent: ofStatus('SENT_TO_OPENCAST'),
  streamed: ofStatus('STREAM_SUCCEEDED'),
  webhookRefused: refused('/new_recording', 401),
  ingestRefused: refused('/ingest', 403),
  ingestFailed: refused('/ingest', 500),
  statusRefused: refused('/status', 401),
  scanner: { msg: 'There is no GET /wp-login.php.', code: 'not_found', level: 30 },
};

describe('the metrics of the log', () => {
  const template = synthesize();
  const filters = new Map(
    Object.values(template.findResources('AWS::Logs::MetricFilter')).map(({ Properties }) => {
      const [{ MetricName: name, MetricValue: value }] = Properties.MetricTransformations;
      return [name as string, { pattern: Properties.FilterPattern as string, value: value as string }];
    }),
  );
  /** By name: the value that it has of each line that it counts. */
  const counted = (name: string) => {
    const { pattern, value } = filters.get(name)!;
    return Object.fromEntries(
      Object.entries(lines)
        .filter(([, line]) => matches(pattern, line))
        .map(([key, line]) => [key, value.startsWith('$.') ? line[value.slice(2)] : Number(value)]),
    );
  };

  it('are those of zoom-recording-ingester, of the lines that Reelway writes', () => {
    const expected = {
      MeetingStarted: { started: 1 },
      MeetingEnded: { ended: 1, webinarEnded: 1 },
      RecordingCompleted: { completed: 1 },
      SkippedForDuration: { short: 1 },
      RecordingDuration: { taken: 50 },
      WorkflowInitiated: { sent: 1 },
      MinutesInPipeline: { sent: 12, streamed: 12 },
    };
    for (const [name, values] of Object.entries(expected)) assert.deepEqual(counted(name), values, name);
    const [dashboard] = Object.values(template.findResources('AWS::CloudWatch::Dashboard'));
    const body = textOf(dashboard!.Properties.DashboardBody);
    for (const name of Object.keys(expected)) assert.ok(body.includes(`"${name}"`), name);
  });

  it('alarm of requests that /new_recording or /ingest refuse, and not of what scanners ask', () => {
    assert.deepEqual(counted('RefusedAtDoors'), { webhookRefused: 1, ingestRefused: 1 });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'RefusedAtDoors',
      AlarmDescription: Match.stringLikeRegexp('^/new_recording or /ingest'),
    });
    const alarming = Object.values(template.findResources('AWS::CloudWatch::Alarm'));
    assert.ok(!alarming.some(({ Properties }) => Properties.MetricName === 'HTTPCode_Target_4XX_Count'));
  });
});
