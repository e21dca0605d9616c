import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as origins from 'aws-cdk-lib/aws-cloudfront-origins';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { explain } from './explain.js';

/** Buckets for recordings and packaged media, and the distribution that plays the latter. */
export class Storage extends Construct {
  readonly recordings: s3.Bucket;
  readonly media: s3.Bucket;
  readonly logs: s3.Bucket;
  readonly distribution: cloudfront.Distribution;

  constructor(scope: Construct, id: string, { key }: { key: kms.Key }) {
    super(scope, id);
    const shared = {
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      removalPolicy: RemovalPolicy.RETAIN,
    };
    // Access logs cannot be delivered into a bucket with a key of one's own.
    this.logs = new s3.Bucket(this, 'Logs', {
      ...shared,
      encryption: s3.BucketEncryption.S3_MANAGED,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_PREFERRED,
      lifecycleRules: [{ expiration: Duration.days(183) }],
    });
    explain(this.logs, { 'AwsSolutions-S1': 'The bucket of access logs does not log itself.' });
    const upload = { abortIncompleteMultipartUploadAfter: Duration.days(2) };
    const kept = { ...shared, encryption: s3.BucketEncryption.KMS, encryptionKey: key, bucketKeyEnabled: true };
    this.recordings = new s3.Bucket(this, 'Recordings', {
      ...kept,
      serverAccessLogsBucket: this.logs,
      serverAccessLogsPrefix: 's3/recordings/',
      // Opencast has them by then; the predecessor kept them as long as Zoom's.
      lifecycleRules: [{ ...upload, expiration: Duration.days(90) }],
    });
    this.media = new s3.Bucket(this, 'Media', {
      ...kept,
      serverAccessLogsBucket: this.logs,
      serverAccessLogsPrefix: 's3/media/',
      lifecycleRules: [
        {
          ...upload,
          transitions: [{ storageClass: s3.StorageClass.INTELLIGENT_TIERING, transitionAfter: Duration.days(30) }],
        },
      ],
    });
    this.distribution = new cloudfront.Distribution(this, 'Playback', {
      comment: `Packaged media of ${Stack.of(this).stackName}`,
      defaultBehavior: {
        origin: origins.S3BucketOrigin.withOriginAccessControl(this.media),
        viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
        cachePolicy: cloudfront.CachePolicy.CACHING_OPTIMIZED,
        originRequestPolicy: cloudfront.OriginRequestPolicy.CORS_S3_ORIGIN,
        responseHeadersPolicy: cloudfront.ResponseHeadersPolicy.CORS_ALLOW_ALL_ORIGINS,
      },
      enableLogging: true,
      logBucket: this.logs,
      logFilePrefix: 'cloudfront/',
    });
    explain(this, {
      '@aws-cdk/aws-cloudfront-origins:wildcardKeyPolicyForOac':
        'The key is made before the distribution, so its policy cannot name it; it is for CloudFront in this account alone.',
    });
    explain(this.distribution, {
      'AwsSolutions-CFR1': 'Classes are taken from everywhere; who wants less sets geo restrictions.',
      'AwsSolutions-CFR2':
        'Static objects with unguessable names behind a cache; the entry that takes requests has the WAF.',
      'AwsSolutions-CFR4':
        'The default certificate of cloudfront.net; a domain of one’s own brings its certificate and TLS 1.2.',
    });
  }
}
