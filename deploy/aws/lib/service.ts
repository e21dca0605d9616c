import { Duration, Stack } from 'aws-cdk-lib';
import * as appscaling from 'aws-cdk-lib/aws-applicationautoscaling';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Database } from './database.js';
import { explain } from './explain.js';
import { imageOf } from './image.js';
import { grantJobs } from './job-rights.js';
import type { Parameters } from './parameters.js';
import { SettingsSecrets } from './settings-secrets.js';
import type { SourceEvents } from './source-events.js';
import type { Storage } from './storage.js';

export interface ServiceProps {
  readonly parameters: Parameters;
  readonly vpc: ec2.IVpc;
  readonly key: kms.Key;
  readonly database: Database;
  readonly storage: Storage;
  readonly notices: sns.Topic;
  /** Watched where there is a group for them. */
  readonly sources: SourceEvents | undefined;
}

interface TaskProps {
  readonly cpu: number;
  readonly memoryLimitMiB: number;
  readonly command: readonly [string, ...string[]];
  readonly port?: number;
  readonly environment?: Readonly<Record<string, string>>;
}

/** The server and the workers on Fargate, and the HTTPS entry. */
export class Service extends Construct {
  readonly cluster: ecs.Cluster;
  readonly entry: elb.ApplicationLoadBalancer;
  readonly targets: elb.ApplicationTargetGroup;
  readonly logGroup: logs.LogGroup;
  readonly secrets: SettingsSecrets;
  readonly server: ecs.FargateService;
  readonly workers: ecs.FargateService;
  /** what jobs are in the account */
  readonly role: iam.Role;
  /** seconds that the job waits that has waited longest */
  readonly queueAge: cloudwatch.Metric;
  readonly queueLength: cloudwatch.Metric;
  private readonly image: ecs.ContainerImage;

  constructor(scope: Construct, id: string, props: ServiceProps) {
    super(scope, id);
    const { parameters, vpc, key, database, storage } = props;
    this.image = imageOf(this, parameters);
    this.cluster = new ecs.Cluster(this, 'Cluster', { vpc, containerInsightsV2: ecs.ContainerInsights.ENABLED });
    this.logGroup = new logs.LogGroup(this, 'Log', { retention: logs.RetentionDays.SIX_MONTHS, encryptionKey: key });
    key.grantEncryptDecrypt(new iam.ServicePrincipal(`logs.${Stack.of(this).region}.amazonaws.com`));
    this.secrets = new SettingsSecrets(this, 'Secrets', { stackName: parameters.stackName, encryptionKey: key });

    const namespace = `Reelway/${parameters.stackName}`;
    const filter = (name: string, field: string) =>
      new logs.MetricFilter(this, name, {
        logGroup: this.logGroup,
        filterPattern: logs.FilterPattern.literal(`{ $.msg = "queues" && $.${field} = * }`),
        metricNamespace: namespace,
        metricName: name,
        metricValue: `$.${field}`,
      }).metric({ statistic: 'Maximum', period: Duration.minutes(1) });
    this.queueAge = filter('QueueAgeSeconds', 'oldestSeconds');
    this.queueLength = filter('QueueLength', 'waiting');

    const role = new iam.Role(this, 'TaskRole', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
    this.role = role;
    grantJobs(role, props, parameters);

    const server = this.task('ServerTask', role, props, {
      cpu: 1024,
      memoryLimitMiB: 2048,
      command: ['serve'],
      port: 8080,
    });
    const worker = this.task('WorkerTask', role, props, { cpu: 4096, memoryLimitMiB: 8192, command: ['worker'] });
    const shared = {
      cluster: this.cluster,
      vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
      circuitBreaker: { rollback: true },
      propagateTags: ecs.PropagatedTagSource.SERVICE,
    };
    this.server = new ecs.FargateService(this, 'Server', {
      ...shared,
      taskDefinition: server,
      // One-time links that sign in are known only to the server that gave them.
      desiredCount: 1,
      minHealthyPercent: 0,
      maxHealthyPercent: 100,
      healthCheckGracePeriod: Duration.seconds(120),
    });
    this.workers = new ecs.FargateService(this, 'Workers', {
      ...shared,
      taskDefinition: worker,
      desiredCount: parameters.workers.min,
      // Old workers stop before new ones begin: what a new release has begun does not fit the old code (docs/operations.md).
      minHealthyPercent: 0,
      maxHealthyPercent: 100,
    });
    const watcher = this.watcher(role, props);
    const watchers = watcher
      ? [
          new ecs.FargateService(this, 'Watcher', {
            ...shared,
            taskDefinition: watcher,
            desiredCount: 1,
            minHealthyPercent: 0,
            maxHealthyPercent: 100,
          }),
        ]
      : [];
    for (const service of [this.server, this.workers, ...watchers])
      database.cluster.connections.allowDefaultPortFrom(service);

    const scaling = this.workers.autoScaleTaskCount({
      minCapacity: parameters.workers.min,
      maxCapacity: parameters.workers.max,
    });
    scaling.scaleOnMetric('ByQueueAge', {
      metric: this.queueAge,
      // Seconds that the oldest job has waited; less than half a minute for a quarter of an hour takes one away.
      scalingSteps: [
        { upper: 30, change: -1 },
        { lower: 120, change: +1 },
        { lower: 600, change: +3 },
      ],
      adjustmentType: appscaling.AdjustmentType.CHANGE_IN_CAPACITY,
      evaluationPeriods: 15,
      datapointsToAlarm: 3,
      cooldown: Duration.minutes(5),
    });
    // CDK asks the same of both alarms: three minutes of the quarter of an hour, which is what a worker is added after.
    const byQueueAge = scaling.node.findChild('Target').node.findChild('ByQueueAge') as appscaling.StepScalingPolicy;
    (byQueueAge.lowerAlarm!.node.defaultChild as cloudwatch.CfnAlarm).datapointsToAlarm = 15;

    this.entry = new elb.ApplicationLoadBalancer(this, 'Entry', {
      vpc,
      internetFacing: true,
      dropInvalidHeaderFields: true,
      deletionProtection: true,
    });
    this.entry.logAccessLogs(storage.logs, 'entry');
    explain(this.entry, { 'AwsSolutions-EC23': 'The HTTPS entry is for everybody; the WAF and tokens decide.' });
    const listener = this.entry.addListener('Https', {
      port: 443,
      certificates: [acm.Certificate.fromCertificateArn(this, 'Certificate', parameters.certificateArn)],
      sslPolicy: elb.SslPolicy.RECOMMENDED_TLS,
    });
    this.targets = listener.addTargets('Server', {
      targets: [this.server],
      port: 8080,
      protocol: elb.ApplicationProtocol.HTTP,
      healthCheck: { path: '/readyz', interval: Duration.seconds(15), healthyThresholdCount: 2 },
      deregistrationDelay: Duration.seconds(30),
    });
  }

  /** Makes an asset of each source that the queue tells of. It takes jobs of what it started as any process does, few at a time. */
  private watcher(role: iam.Role, props: ServiceProps): ecs.FargateTaskDefinition | undefined {
    const { sources, parameters } = props;
    const { sourcesGroup: group, settings } = parameters;
    if (!sources || !group) return undefined;
    return this.task('WatcherTask', role, props, {
      cpu: 1024,
      memoryLimitMiB: 2048,
      command: [
        ...(['vod', 'watch', `s3://${sources.bucket.bucketName}`, '--queue', sources.queue.queueUrl] as const),
        ...['--packaging-group', group.PackagingGroup.Id, '--group', JSON.stringify(group)],
      ],
      // A command says what it does to people; what its jobs do is logged where somebody asks for it.
      environment: { LOG_LEVEL: settings.LOG_LEVEL ?? 'info' },
    });
  }

  private task(
    name: string,
    taskRole: iam.Role,
    { parameters, database, storage, notices }: ServiceProps,
    { cpu, memoryLimitMiB, command, port, environment = {} }: TaskProps,
  ): ecs.FargateTaskDefinition {
    const task = new ecs.FargateTaskDefinition(this, name, {
      cpu,
      memoryLimitMiB,
      taskRole,
      volumes: [{ name: 'data' }, { name: 'tmp' }],
    });
    const credentials = database.cluster.secret!;
    const container = task.addContainer('reelway', {
      image: this.image,
      command: [...command],
      readonlyRootFilesystem: true,
      stopTimeout: Duration.seconds(120),
      logging: ecs.LogDrivers.awsLogs({ logGroup: this.logGroup, streamPrefix: command[0] }),
      environment: {
        ...parameters.settings,
        ...environment,
        // Encrypted; `pg` takes user and password from PGUSER and PGPASSWORD.
        DATABASE_URL: `postgres://${database.cluster.clusterEndpoint.socketAddress}/reelway?uselibpqcompat=true&sslmode=require`,
        REELWAY_STORAGE: `s3://${storage.media.bucketName}`,
        REELWAY_PUBLIC_URL: `https://${parameters.domain}`,
        REELWAY_NOTIFY: `sns:${notices.topicArn}`,
        REELWAY_DRAIN_SECONDS: '100',
        REELWAY_DATA_DIR: '/var/lib/reelway',
        ...(parameters.sourceRoles.length > 0 && { REELWAY_SOURCE_ROLES: parameters.sourceRoles.join(',') }),
      },
      secrets: {
        PGUSER: ecs.Secret.fromSecretsManager(credentials, 'username'),
        PGPASSWORD: ecs.Secret.fromSecretsManager(credentials, 'password'),
        ...this.secrets.forContainer(),
      },
      ...(port !== undefined && {
        portMappings: [{ containerPort: port }],
        healthCheck: {
          command: [
            'CMD',
            'node',
            '-e',
            `fetch('http://127.0.0.1:${port}/healthz').then((a) => process.exit(a.ok ? 0 : 1), () => process.exit(1))`,
          ],
          startPeriod: Duration.seconds(60),
        },
      }),
    });
    container.addMountPoints(
      { sourceVolume: 'data', containerPath: '/var/lib/reelway', readOnly: false },
      { sourceVolume: 'tmp', containerPath: '/tmp', readOnly: false },
    );
    explain(task, {
      'AwsSolutions-ECS2':
        'Only settings that are no secret stand in the environment; secrets come from Secrets Manager.',
      'AwsSolutions-IAM5[Resource::*]': 'ecr:GetAuthorizationToken and the log driver have no narrower resource.',
    });
    return task;
  }
}
