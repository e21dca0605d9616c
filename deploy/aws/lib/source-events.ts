import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { explain } from './explain.js';

/** A bucket for sources, and the queue that S3 tells of each object that is put there: what `reelway vod watch --queue` reads. */
export class SourceEvents extends Construct {
  readonly bucket: s3.Bucket;
  readonly queue: sqs.Queue;
  /** What the watcher could not make anything of, however often. */
  readonly dead: sqs.Queue;

  constructor(scope: Construct, id: string, { key, logs }: { key: kms.Key; logs: s3.Bucket }) {
    super(scope, id);
    const shared = { encryption: sqs.QueueEncryption.KMS, encryptionMasterKey: key, enforceSSL: true };
    this.dead = new sqs.Queue(this, 'Dead', { ...shared, retentionPeriod: Duration.days(14) });
    this.queue = new sqs.Queue(this, 'Queue', {
      ...shared,
      retentionPeriod: Duration.days(14),
      visibilityTimeout: Duration.minutes(2),
      // A source that is not at rest yet is received once or twice more than one that is.
      deadLetterQueue: { queue: this.dead, maxReceiveCount: 10 },
    });
    this.bucket = new s3.Bucket(this, 'Sources', {
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      removalPolicy: RemovalPolicy.RETAIN,
      encryption: s3.BucketEncryption.KMS,
      encryptionKey: key,
      bucketKeyEnabled: true,
      serverAccessLogsBucket: logs,
      serverAccessLogsPrefix: 's3/sources/',
      lifecycleRules: [{ abortIncompleteMultipartUploadAfter: Duration.days(2) }],
    });
    // As CDK's own destinations would do it, without the function that they bring for buckets.
    const s3Service = new iam.ServicePrincipal('s3.amazonaws.com');
    const made = this.bucket.node.defaultChild as s3.CfnBucket;
    this.queue.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'S3TellsOfSources',
        principals: [s3Service],
        actions: ['sqs:SendMessage'],
        resources: [this.queue.queueArn],
        // By account: the bucket's own name is known only once it is there, and it is not made before it may tell.
        conditions: { StringEquals: { 'aws:SourceAccount': this.bucket.stack.account } },
      }),
    );
    key.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'S3TellsOfSources',
        principals: [s3Service],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
        conditions: { StringEquals: { 'aws:SourceAccount': this.bucket.stack.account } },
      }),
    );
    made.notificationConfiguration = {
      queueConfigurations: ['.m3u8', '.smil', '.mp4'].map((suffix) => ({
        event: 's3:ObjectCreated:*',
        queue: this.queue.queueArn,
        filter: { s3Key: { rules: [{ name: 'suffix', value: suffix }] } },
      })),
    };
    const policy = this.queue.node.findChild('Policy');
    made.node.addDependency(policy);
  }

  /** What the watcher and the jobs that read sources need. */
  grantWatch(role: iam.Role): void {
    this.queue.grantConsumeMessages(role);
    this.bucket.grantRead(role);
    const made = this.bucket.stack.getLogicalId(this.bucket.node.defaultChild as s3.CfnBucket);
    explain(role, {
      [`AwsSolutions-IAM5[Resource::<${made}.Arn>/*]`]: 'Sources have the names that people give them.',
    });
  }
}
