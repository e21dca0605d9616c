import { CfnOutput, RemovalPolicy, Stack, Tags, type StackProps } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as subscriptions from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { Alarms } from './alarms.js';
import { Database } from './database.js';
import { EntryRules } from './entry-rules.js';
import { explain } from './explain.js';
import type { Parameters } from './parameters.js';
import { Service } from './service.js';
import { SourceEvents } from './source-events.js';
import { Storage } from './storage.js';
import { Submit } from './submit.js';

/** Everything that Reelway needs in one AWS account and region. CDK makes names of what it is called in the app, so that two stacks of an account share none. */
export class ReelwayStack extends Stack {
  constructor(scope: Construct, { parameters, ...props }: StackProps & { parameters: Parameters }) {
    super(scope, parameters.stackName, props);
    for (const [name, value] of Object.entries(parameters.tags)) Tags.of(this).add(name, value);
    const key = new kms.Key(this, 'Key', { enableKeyRotation: true, removalPolicy: RemovalPolicy.RETAIN });
    key.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'AlarmsReachTopics',
        principals: [new iam.ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
      }),
    );
    const vpc = parameters.vpcId
      ? ec2.Vpc.fromLookup(this, 'Vpc', { vpcId: parameters.vpcId })
      : new ec2.Vpc(this, 'Vpc', {
          maxAzs: 2,
          natGateways: 1,
          flowLogs: { all: {} },
          // Media goes to S3 past the NAT gateway, which costs by the gigabyte.
          gatewayEndpoints: { s3: { service: ec2.GatewayVpcEndpointAwsService.S3 } },
        });
    const topic = (name: string) => {
      const made = new sns.Topic(this, name, { masterKey: key, enforceSSL: true });
      made.addSubscription(new subscriptions.EmailSubscription(parameters.notificationEmail));
      return made;
    };
    const alarms = topic('Alarms');
    const notices = topic('Notices');
    const storage = new Storage(this, 'Storage', { key });
    const database = new Database(this, 'Database', { vpc, key });
    const sources = parameters.sourcesBucket
      ? new SourceEvents(this, 'SourceEvents', { key, logs: storage.logs })
      : undefined;
    const service = new Service(this, 'Service', { parameters, vpc, key, database, storage, notices, sources });
    sources?.grantWatch(service.role);
    new EntryRules(this, 'EntryRules', { entry: service.entry, allowed: parameters.ingestAllowedIps });
    new Alarms(this, 'AlarmsAndDashboard', {
      stackName: parameters.stackName,
      ...{ service, database, topic: alarms, sources },
    });
    const endpoint = `https://${parameters.domain}`;
    const submit = new Submit(this, 'Submit', {
      endpoint,
      key,
      name: parameters.stateMachineName,
      token: service.secrets.firstToken,
    });
    explain(this, {
      'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]':
        'Functions that CDK itself brings for bucket notifications and log policies.',
      'AwsSolutions-L1': 'The runtime of functions that CDK itself brings is CDK’s choice.',
    });

    const outputs: Record<string, string> = {
      Url: endpoint,
      WebhookUrl: `${endpoint}/new_recording`,
      IngestUrl: `${endpoint}/ingest`,
      ScheduleUpdateUrl: `${endpoint}/schedule_update`,
      EntryDnsName: service.entry.loadBalancerDnsName,
      PlaybackUrl: `https://${storage.distribution.distributionDomainName}`,
      MediaBucket: storage.media.bucketName,
      SettingsSecrets: `${parameters.stackName}/<setting>`,
      FirstTokenSecret: service.secrets.firstToken.secretName,
      NoticesTopic: notices.topicArn,
      TaskRole: service.role.roleArn,
      StateMachine: submit.machine.stateMachineArn,
      Version: parameters.version,
      ...(parameters.previousVersion !== undefined && { PreviousVersion: parameters.previousVersion }),
      ...(sources && { SourcesBucket: sources.bucket.bucketName, SourceEventsQueue: sources.queue.queueUrl }),
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }
}
