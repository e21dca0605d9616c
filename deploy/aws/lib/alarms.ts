import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as actions from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Database } from './database.js';
import { recordingMetrics, type RecordingMetrics } from './recording-metrics.js';
import type { Service } from './service.js';
import type { SourceEvents } from './source-events.js';

/** The doors whose callers we know: whatever else is refused there, somebody set something up wrongly. Scanners ask elsewhere. */
const doors = ['/new_recording', '/ingest'].map((route) => `$.route = "${route}"`);
/** Kinds of jobs that somebody wants done; sweeps and other upkeep end every hour. */
const work = ['ingest-recording', 'package-asset'].map((kind) => `$.kind = "${kind}"`);

export interface AlarmsProps {
  readonly stackName: string;
  readonly service: Service;
  readonly database: Database;
  readonly topic: sns.Topic;
  /** Where sources are watched. */
  readonly sources: SourceEvents | undefined;
}

/**
 * The predecessor's alarms and log metrics: an error of any function in a minute; 4XX and 5XX of the webhook and of /ingest; latency of 10 s for 3 minutes; nothing
 * downloaded in a day; more than 40 waiting, also when nobody says. And what it lacked: age of the queue, workers, database.
 */
export class Alarms extends Construct {
  constructor(scope: Construct, id: string, { stackName, service, database, topic, sources }: AlarmsProps) {
    super(scope, id);
    const namespace = `Reelway/${stackName}`;
    const minute = Duration.minutes(1);
    const counted = (name: string, pattern: string) =>
      new logs.MetricFilter(this, name, {
        logGroup: service.logGroup,
        filterPattern: logs.FilterPattern.literal(pattern),
        metricNamespace: namespace,
        metricName: name,
        metricValue: '1',
      }).metric({ statistic: 'Sum', period: minute });
    const { entry, targets, queueAge, queueLength } = service;
    const metrics = {
      errors: counted('Errors', '{ $.level >= 50 }'),
      failedJobs: counted('FailedJobs', '{ $.msg = "job failed" }'),
      doneJobs: counted('DoneJobs', '{ $.msg = "job done" }'),
      doneWork: counted('DoneWork', `{ $.msg = "job done" && (${work.join(' || ')}) }`),
      refused: counted(
        'RefusedAtDoors',
        `{ $.msg = "answered with an error" && $.status < 500 && (${doors.join(' || ')}) }`,
      ),
      clientErrors: targets.metrics.httpCodeTarget(elb.HttpCodeTarget.TARGET_4XX_COUNT, { period: minute }),
      serverErrors: targets.metrics.httpCodeTarget(elb.HttpCodeTarget.TARGET_5XX_COUNT, { period: minute }),
      entryErrors: entry.metrics.httpCodeElb(elb.HttpCodeElb.ELB_5XX_COUNT, { period: minute }),
      latency: targets.metrics.targetResponseTime({ period: minute }),
      workers: new cloudwatch.Metric({
        ...{ namespace: 'ECS/ContainerInsights', metricName: 'RunningTaskCount', statistic: 'Minimum', period: minute },
        dimensionsMap: { ClusterName: service.cluster.clusterName, ServiceName: service.workers.serviceName },
      }),
      databaseLoad: database.cluster.metric('ACUUtilization', { statistic: 'Average', period: Duration.minutes(5) }),
    };
    const { GREATER_THAN_OR_EQUAL_TO_THRESHOLD: atLeast, LESS_THAN_THRESHOLD: below } = cloudwatch.ComparisonOperator;
    const { BREACHING: breaching, NOT_BREACHING: fine } = cloudwatch.TreatMissingData;
    const alarm = (
      name: string,
      metric: cloudwatch.IMetric,
      [comparisonOperator, threshold, evaluationPeriods]: readonly [cloudwatch.ComparisonOperator, number, number],
      [alarmDescription, treatMissingData]: readonly [string, cloudwatch.TreatMissingData],
    ) => {
      const made = new cloudwatch.Alarm(this, name, {
        metric,
        comparisonOperator,
        threshold,
        evaluationPeriods,
        alarmDescription,
        treatMissingData,
      });
      made.addAlarmAction(new actions.SnsAction(topic));
      made.addOkAction(new actions.SnsAction(topic));
      return made;
    };
    const alarms = [
      alarm('AnError', metrics.errors, [atLeast, 1, 1], ['A process logged an error.', fine]),
      alarm('AFailedJob', metrics.failedJobs, [atLeast, 1, 1], ['A job failed: see the dead letters.', fine]),
      alarm(
        'ClientErrors',
        metrics.refused,
        [atLeast, 1, 1],
        ['/new_recording or /ingest refused a request (4XX): a wrong secret or token?', fine],
      ),
      alarm('ServerErrors', metrics.serverErrors, [atLeast, 1, 1], ['A request failed (5XX).', fine]),
      alarm('EntryErrors', metrics.entryErrors, [atLeast, 1, 1], ['The entry found no server (5XX).', fine]),
      alarm('Latency', metrics.latency, [atLeast, 10, 3], ['Answers take 10 s: Zoom waits for 3.', fine]),
      alarm(
        'NothingDone',
        metrics.doneWork.with({ period: Duration.days(1) }),
        [below, 1, 1],
        ['No recording and no asset was done in a day.', breaching],
      ),
      alarm(
        'QueueLength',
        queueLength,
        [atLeast, 41, 5],
        ['More than 40 jobs wait, or nobody says how many.', breaching],
      ),
      alarm(
        'QueueAge',
        queueAge,
        [atLeast, 3600, 5],
        ['A job has waited for an hour: more workers are needed, or they hang.', fine],
      ),
      alarm('Workers', metrics.workers, [below, 1, 5], ['No worker runs.', breaching]),
      alarm('DatabaseLoad', metrics.databaseLoad, [atLeast, 90, 3], ['The database is at its largest size.', fine]),
      ...(sources
        ? [
            alarm(
              'SourcesGivenUp',
              sources.dead.metricApproximateNumberOfMessagesVisible({ period: minute, statistic: 'Maximum' }),
              [atLeast, 1, 1],
              ['S3 told of a source, and nothing could be started of it: see the dead-letter queue.', fine],
            ),
          ]
        : []),
    ];
    const recordings = recordingMetrics(this, { logGroup: service.logGroup, namespace });
    const graph = (title: string, ...left: cloudwatch.IMetric[]) =>
      new cloudwatch.GraphWidget({ title, left, width: 8, height: 6 });
    new cloudwatch.Dashboard(this, 'Dashboard', {
      dashboardName: stackName,
      widgets: [
        [new cloudwatch.AlarmStatusWidget({ title: 'Alarms', alarms, width: 24, height: 4 })],
        [
          graph('Jobs done and failed', metrics.doneJobs, metrics.failedJobs),
          graph('Jobs waiting', queueLength),
          graph('Oldest waiting job, seconds', queueAge),
        ],
        [
          graph('Meetings and recordings', ...pick(recordings, 'MeetingStarted', 'MeetingEnded', 'RecordingCompleted')),
          graph('Recordings taken and not', ...pick(recordings, 'WorkflowInitiated', 'SkippedForDuration')),
          graph(
            'Minutes in the pipeline, and of recordings',
            ...pick(recordings, 'MinutesInPipeline', 'RecordingDuration'),
          ),
        ],
        [
          graph('Requests', entry.metrics.requestCount(), metrics.clientErrors, metrics.refused, metrics.serverErrors),
          graph('Latency, seconds', metrics.latency),
          graph('Workers', metrics.workers),
        ],
        [
          graph('Workers: CPU', service.workers.metricCpuUtilization()),
          graph('Workers: memory', service.workers.metricMemoryUtilization()),
          graph('Database: load and connections', metrics.databaseLoad, database.cluster.metricDatabaseConnections()),
        ],
        [
          new cloudwatch.LogQueryWidget({
            title: 'Errors and warnings',
            logGroupNames: [service.logGroup.logGroupName],
            queryLines: [
              'fields @timestamp, level, msg, job, reason',
              'filter level >= 40',
              'sort @timestamp desc',
              'limit 50',
            ],
            width: 24,
            height: 8,
          }),
        ],
      ],
    });
  }
}

function pick(metrics: RecordingMetrics, ...names: readonly (keyof RecordingMetrics)[]): cloudwatch.Metric[] {
  return names.map((name) => metrics[name]);
}
