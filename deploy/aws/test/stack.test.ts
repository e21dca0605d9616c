import assert from 'node:assert/strict';
import { runInNewContext } from 'node:vm';
import { before, describe, it } from 'node:test';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { parsePackagingGroup } from '../../../src/domain/packaging-configuration.js';
import { inventoryKey } from '../../../src/domain/inventory.js';
import { recordingPrefix } from '../../../src/domain/recording-key.js';
import { readParameters } from '../lib/parameters.js';
import { example, synthesize } from './synthesize.js';

/** Names that are theirs within something else: a policy in its role, a metric in its namespace, a database in its cluster. */
const inner = ['AWS::IAM::Policy', 'AWS::CloudWatch::Alarm', 'AWS::RDS::DBCluster'];

/** What the template itself names, for which CloudFormation makes no name. */
function namesOf(template: Template): readonly string[] {
  const { Resources } = template.toJSON() as { Resources: Record<string, { Type: string; Properties?: object }> };
  return Object.values(Resources)
    .filter(({ Type }) => !inner.includes(Type))
    .flatMap(({ Type, Properties = {} }) =>
      Object.entries(Properties).flatMap(([property, value]) =>
        property.endsWith('Name') && typeof value === 'string' ? [`${Type} ${value}`] : [],
      ),
    );
}

describe('the stack', () => {
  let template: Template;
  before(() => {
    template = synthesize();
  });

  it('keeps every bucket private, encrypted, by TLS only, and drops uploads that were given up', () => {
    const buckets = Object.values(template.findResources('AWS::S3::Bucket'));
    assert.equal(buckets.length, 2);
    for (const { Properties, DeletionPolicy } of buckets) {
      assert.deepEqual(Object.values(Properties.PublicAccessBlockConfiguration), [true, true, true, true]);
      assert.ok(Properties.BucketEncryption);
      assert.equal(DeletionPolicy, 'Retain');
    }
    const policies = Object.values(template.findResources('AWS::S3::BucketPolicy'));
    assert.equal(policies.length, buckets.length);
    for (const { Properties } of policies)
      assert.ok(JSON.stringify(Properties.PolicyDocument).includes('"aws:SecureTransport":"false"'));
    template.hasResourceProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: {
        Rules: [
          Match.objectLike({ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 2 }, Prefix: Match.absent() }),
          { Prefix: 'recordings/', ExpirationInDays: 90, Status: 'Enabled' },
        ],
      },
    });
  });

  it('reaches media only through the distribution with origin access control', () => {
    template.resourceCountIs('AWS::CloudFront::OriginAccessControl', 1);
    template.hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: { DefaultCacheBehavior: { ViewerProtocolPolicy: 'https-only' } },
    });
  });

  it('plays packaged media, and neither recordings nor what is Reelway’s own, however their path is written', () => {
    const [functionId] = Object.keys(template.findResources('AWS::CloudFront::Function'));
    template.hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: {
        DefaultCacheBehavior: {
          FunctionAssociations: [
            { EventType: 'viewer-request', FunctionARN: { 'Fn::GetAtt': [functionId, 'FunctionARN'] } },
          ],
        },
        CacheBehaviors: Match.absent(),
      },
    });
    const { Properties } = template.findResources('AWS::CloudFront::Function')[functionId!]!;
    const answer = (uri: string) =>
      runInNewContext(`${Properties.FunctionCode}; handler(${JSON.stringify({ request: { uri } })})`);
    for (const uri of [
      '/vod/a1/hls/index.m3u8',
      '/vod/recordings/a.mp4',
      '/recordings-of-2026/a.mpd',
      '/vod/uploads/index.mpd',
      '/vod/a%20b+c.ts',
    ])
      assert.deepEqual({ ...answer(uri) }, { uri });
    // The real key of a recording, and of its inventory.
    const recording = `/${recordingPrefix({ uuid: 'abc==', meetingId: '123', startTime: '2026-01-01T10:00:00Z' })}/a.mp4`;
    for (const uri of [
      ...[
        recording,
        '/recordings',
        '/uploads/a1/9b2c6f0e.mp4',
        '//recordings/a.mp4',
        '/%72ecordings/a.mp4',
        '/recordings%2Fa.mp4',
        '/vod/../recordings/a',
      ],
      ...[
        `/vod/a1/hls/${inventoryKey}`,
        '/vod/a1/.reelway%2Fjournal/claim.json',
        '/%2ereelway/readyz',
        '/vod/%E0%A4%A.ts',
      ],
    ])
      assert.equal(answer(uri).statusCode, 404, uri);
  });

  it('shares no name with another stack of the account', () => {
    const another = namesOf(synthesize({ STACK_NAME: 'trial', STATE_MACHINE_NAME: 'Trial' }));
    const own = namesOf(template);
    assert.ok(own.some((name) => name.startsWith('AWS::Logs::LogGroup aws-waf-logs-')));
    assert.deepEqual(
      own.filter((name) => another.includes(name)),
      [],
    );
  });

  it('has a database that is encrypted, backed up, doubled and guarded against deletion', () => {
    template.hasResourceProperties('AWS::RDS::DBCluster', {
      Engine: 'aurora-postgresql',
      StorageEncrypted: true,
      BackupRetentionPeriod: 14,
      DeletionProtection: true,
      ServerlessV2ScalingConfiguration: { MinCapacity: 0.5, MaxCapacity: 16 },
    });
    template.resourceCountIs('AWS::RDS::DBInstance', 2);
    template.hasResource('AWS::RDS::DBCluster', { DeletionPolicy: 'Snapshot' });
  });

  it('runs containers of one immutable version with a read-only root, secrets by reference, and more time to stop than they drain', () => {
    const tasks = Object.values(template.findResources('AWS::ECS::TaskDefinition'));
    assert.equal(tasks.length, 2);
    for (const { Properties } of tasks) {
      const [container] = Properties.ContainerDefinitions;
      assert.equal(container.Image, 'registry.example.org/reelway:v1.2.3');
      assert.equal(container.ReadonlyRootFilesystem, true);
      const environment = new Map(
        container.Environment.map(({ Name, Value }: { Name: string; Value: unknown }) => [Name, Value]),
      );
      assert.ok(container.StopTimeout >= Number(environment.get('REELWAY_DRAIN_SECONDS')) + 15);
      const secrets = container.Secrets.map(({ Name }: { Name: string }) => Name);
      for (const name of ['PGPASSWORD', 'WEBHOOK_VALIDATION_SECRET_TOKEN', 'OPENCAST_API_PASSWORD']) {
        assert.ok(secrets.includes(name));
        assert.ok(!environment.has(name));
      }
    }
  });

  it('stops old workers before new ones begin, and scales them on the age of the queue', () => {
    template.hasResourceProperties('AWS::ECS::Service', {
      DeploymentConfiguration: { MinimumHealthyPercent: 0, MaximumPercent: 100 },
    });
    template.resourcePropertiesCountIs('AWS::ECS::Service', { DesiredCount: 1, LoadBalancers: Match.anyValue() }, 1);
    template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', { MinCapacity: 1, MaxCapacity: 10 });
    template.resourceCountIs('AWS::ApplicationAutoScaling::ScalingPolicy', 2);
    const minutes = (operator: string) => {
      const [alarm] = Object.values(template.findResources('AWS::CloudWatch::Alarm')).filter(
        ({ Properties }) =>
          Properties.MetricName === 'QueueAgeSeconds' &&
          Properties.ComparisonOperator.startsWith(operator) &&
          /scaling/.test(Properties.AlarmDescription),
      );
      return [alarm!.Properties.DatapointsToAlarm, alarm!.Properties.EvaluationPeriods];
    };
    assert.deepEqual(minutes('Greater'), [3, 15]);
    assert.deepEqual(
      minutes('Less'),
      [15, 15],
      'a worker goes after a quiet quarter of an hour, not in the middle of work',
    );
    template.hasResourceProperties('AWS::Logs::MetricFilter', {
      MetricTransformations: [Match.objectLike({ MetricName: 'QueueAgeSeconds', MetricValue: '$.oldestSeconds' })],
    });
  });

  it('has the predecessor’s alarms and better ones, by mail', () => {
    const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm')).filter(
      ({ Properties }) => Properties.AlarmDescription,
    );
    assert.ok(alarms.length >= 11);
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Threshold: 10,
      EvaluationPeriods: 3,
      AlarmDescription: Match.stringLikeRegexp('10 s'),
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { Threshold: 41, TreatMissingData: 'breaching' });
    template.resourcePropertiesCountIs(
      'AWS::SNS::Subscription',
      { Protocol: 'email', Endpoint: 'operators@example.org' },
      2,
    );
    template.resourceCountIs('AWS::CloudWatch::Dashboard', 1);
  });

  it('counts recordings and assets as work that was done, and not the hourly upkeep', async () => {
    const nothing = Object.values(template.findResources('AWS::CloudWatch::Alarm')).find(
      ({ Properties }) => Properties.AlarmDescription === 'No recording and no asset was done in a day.',
    );
    assert.deepEqual(
      [nothing!.Properties.MetricName, nothing!.Properties.Period, nothing!.Properties.TreatMissingData],
      ['DoneWork', 86_400, 'breaching'],
    );
    // Not by `import ... from`: the options of the types there (exactOptionalPropertyTypes) are not those of the CDK.
    const workflows = new URL('../../../src/workflow/', import.meta.url).href;
    const { ingestRecording } = await import(`${workflows}ingest-recording.ts`);
    const { packageAsset } = await import(`${workflows}package-asset.ts`);
    const kinds = [ingestRecording({}), packageAsset({})].map(({ name }) => `$.kind = "${name}"`);
    template.hasResourceProperties('AWS::Logs::MetricFilter', {
      FilterPattern: `{ $.msg = "job done" && (${kinds.join(' || ')}) }`,
      MetricTransformations: [Match.objectLike({ MetricName: 'DoneWork', MetricValue: '1' })],
    });
  });

  it('has, where it is asked for, a bucket for sources whose queue S3 alone may tell, and a watcher may read', () => {
    const watched = synthesize({ SOURCES_BUCKET: 'yes' });
    const [queue] = Object.keys(
      watched.findResources('AWS::SQS::Queue', {
        Properties: { VisibilityTimeout: 120, RedrivePolicy: { maxReceiveCount: 10 } },
      }),
    );
    assert.ok(queue);
    const arn = { 'Fn::GetAtt': [queue, 'Arn'] };
    const [policy] = Object.keys(
      watched.findResources('AWS::SQS::QueuePolicy', {
        Properties: {
          PolicyDocument: {
            Statement: Match.arrayWith([
              Match.objectLike({
                Action: 'sqs:SendMessage',
                Principal: { Service: 's3.amazonaws.com' },
                Condition: { StringEquals: { 'aws:SourceAccount': Match.anyValue() } },
                Resource: arn,
              }),
            ]),
          },
        },
      }),
    );
    assert.ok(policy);
    watched.hasResource('AWS::S3::Bucket', {
      Properties: {
        NotificationConfiguration: {
          QueueConfigurations: ['.m3u8', '.smil', '.mp4'].map((Value) => ({
            Event: 's3:ObjectCreated:*',
            Queue: arn,
            Filter: { S3Key: { Rules: [{ Name: 'suffix', Value }] } },
          })),
        },
      },
      // S3 tries whether it may tell when the notification is made.
      DependsOn: Match.arrayWith([policy]),
    });
    watched.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: Match.arrayWith(['sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:ReceiveMessage']),
            Resource: arn,
          }),
        ]),
      },
    });
    watched.hasOutput('SourceEventsQueue', {});
    const [dead] = Object.keys(watched.findResources('AWS::SQS::Queue')).filter((id) => /Dead/.test(id));
    watched.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [dead, 'QueueName'] } }],
      AlarmActions: Match.anyValue(),
    });
    watched.resourceCountIs('AWS::ECS::Service', 2);
    assert.equal(Object.keys(template.findResources('AWS::SQS::Queue')).length, 0);
    assert.throws(() => readParameters({ ...example, SOURCES_BUCKET: 'maybe' }), /SOURCES_BUCKET: yes or no/);
  });

  it('watches that bucket, where it is told what to make of its sources', async () => {
    const group = {
      PackagingGroup: { Id: 'lectures' },
      PackagingConfigurations: [{ Id: 'cmaf', CmafPackage: { HlsManifests: [{}] } }],
    };
    const asked = { ...example, SOURCES_BUCKET: 'yes', SOURCES_PACKAGING_GROUP: JSON.stringify(group) };
    const watched = synthesize(asked);
    const tasks = Object.entries(watched.findResources('AWS::ECS::TaskDefinition'));
    const [id, { Properties }] = tasks.find(
      ([, task]) => task.Properties.ContainerDefinitions[0].Command[0] === 'vod',
    )!;
    const [{ Command, Environment }] = Properties.ContainerDefinitions;
    const [queue] = Object.keys(
      watched.findResources('AWS::SQS::Queue', { Properties: { RedrivePolicy: Match.anyValue() } }),
    );
    assert.deepEqual([Command[1], Command[4]], ['watch', { Ref: queue }]);
    assert.deepEqual(Command[2]['Fn::Join'][1].at(0), 's3://');
    // The command itself knows what it is given, and takes the group.
    const named = Command.filter((word: unknown) => typeof word === 'string' && word.startsWith('--'));
    const cli = new URL('../../../src/cli/', import.meta.url).href;
    const { watchCommand } = (await import(`${cli}vod-watch.ts`)) as {
      watchCommand: (context: object) => { options: readonly { long?: string }[] };
    };
    const options = watchCommand({}).options.map(({ long }) => long);
    assert.deepEqual(
      named.filter((name: string) => !options.includes(name)),
      [],
    );
    assert.equal(Command[Command.indexOf('--packaging-group') + 1], 'lectures');
    assert.equal(parsePackagingGroup(JSON.parse(Command[Command.indexOf('--group') + 1])).configurations.length, 1);
    assert.ok(Environment.some(({ Name, Value }: { Name: string; Value: string }) => Name === 'LOG_LEVEL' && Value));
    watched.hasResourceProperties('AWS::ECS::Service', { TaskDefinition: { Ref: id }, DesiredCount: 1 });
    // Each of the three may reach the database.
    const port = { 'Fn::GetAtt': [Match.anyValue(), 'Endpoint.Port'] };
    const doors = watched.findResources('AWS::EC2::SecurityGroupIngress', { Properties: { FromPort: port } });
    assert.equal(Object.keys(doors).length, 3);

    assert.throws(() => readParameters({ ...asked, SOURCES_BUCKET: 'no' }), /SOURCES_PACKAGING_GROUP: needs SOURCES_B/);
    assert.throws(() => readParameters({ ...asked, SOURCES_PACKAGING_GROUP: '[]' }), /SOURCES_PACKAGING_GROUP: JSON/);
  });

  it('prints the endpoints', () => {
    for (const name of [
      'Url',
      'WebhookUrl',
      'IngestUrl',
      'ScheduleUpdateUrl',
      'PlaybackUrl',
      'StateMachine',
      'TaskRole',
      'Version',
    ])
      template.hasOutput(name, {});
  });
});

describe('parameters', () => {
  it('are refused all at once, by name', () => {
    assert.throws(
      () =>
        readParameters({
          ...example,
          REELWAY_VERSION: 'latest',
          NOTIFICATION_EMAIL: 'nobody',
          REELWAY_SETTINGS: '{"OPENCAST_TOKEN":"x","DATABASE_URL":"y"}',
        }),
      (error: Error) =>
        ['REELWAY_VERSION', 'NOTIFICATION_EMAIL', 'OPENCAST_TOKEN', 'DATABASE_URL'].every((name) =>
          error.message.includes(name),
        ),
    );
  });
});
