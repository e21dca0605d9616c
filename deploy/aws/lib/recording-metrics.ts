import { Duration } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/** The field `status` of the line `recording`, see src/workflow/recording-lines.ts. */
const status = (...names: readonly string[]) =>
  `$.msg = "recording" && (${names.map((name) => `$.status = "${name}"`).join(' || ')})`;
const event = (...names: readonly string[]) =>
  `$.msg = "handled an event of Zoom" && (${names.map((name) => `$.name = "${name}"`).join(' || ')})`;

/**
 * The log metrics of zoom-recording-ingester, by its names: a pattern of the log's lines and what is added up or averaged of each. Zoom tells Reelway when a
 * recording starts, not when a meeting does.
 */
const table = {
  MeetingStarted: { lines: event('recording.started') },
  MeetingEnded: { lines: event('meeting.ended', 'webinar.ended') },
  RecordingCompleted: { lines: event('recording.completed') },
  SkippedForDuration: { lines: `${status('IGNORED')} && $.reason = "Recording <*"` },
  RecordingDuration: { lines: status('SENT_TO_DOWNLOADER'), value: '$.minutes' },
  WorkflowInitiated: { lines: status('SENT_TO_OPENCAST') },
  MinutesInPipeline: { lines: status('SENT_TO_OPENCAST', 'STREAM_SUCCEEDED'), value: '$.minutesInPipeline' },
} as const satisfies Record<string, { lines: string; value?: string }>;

export type RecordingMetrics = Readonly<Record<keyof typeof table, cloudwatch.Metric>>;

export function recordingMetrics(
  scope: Construct,
  { logGroup, namespace }: { logGroup: logs.ILogGroup; namespace: string },
): RecordingMetrics {
  const metrics = Object.entries(table).map(([name, entry]) => {
    const value = 'value' in entry ? entry.value : undefined;
    const filter = new logs.MetricFilter(scope, name, {
      logGroup,
      filterPattern: logs.FilterPattern.literal(`{ ${entry.lines} }`),
      metricNamespace: namespace,
      metricName: name,
      metricValue: value ?? '1',
    });
    return [name, filter.metric({ statistic: value ? 'Average' : 'Sum', period: Duration.minutes(5) })];
  });
  return Object.fromEntries(metrics) as RecordingMetrics;
}
