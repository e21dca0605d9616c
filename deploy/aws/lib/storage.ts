import path from 'node:path';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as origins from 'aws-cdk-lib/aws-cloudfront-origins';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { explain } from './explain.js';

/** The bucket of REELWAY_STORAGE, with packaged media and, under `recordings/`, recordings; and the distribution that plays the former. */
export class Storage extends Construct {
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
    this.media = new s3.Bucket(this, 'Media', {
      ...shared,
      encryption: s3.BucketEncryption.KMS,
      encryptionKey: key,
      bucketKeyEnabled: true,
      serverAccessLogsBucket: this.logs,
      serverAccessLogsPrefix: 's3/media/',
      lifecycleRules: [
        {
          abortIncompleteMultipartUploadAfter: Duration.days(2),
          transitions: [{ storageClass: s3.StorageClass.INTELLIGENT_TIERING, transitionAfter: Duration.days(30) }],
        },
        // Opencast has them by then; the predecessor's bucket removed them after a week, as RECORDINGS_KEEP_DAYS=7 does.
        { prefix: 'recordings/', expiration: Duration.days(90) },
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
        functionAssociations: [
          {
            eventType: cloudfront.FunctionEventType.VIEWER_REQUEST,
            function: new cloudfront.Function(this, 'OnlyPackagedMedia', {
              comment: 'Refuses recordings and what is Reelway’s own',
              code: cloudfront.FunctionCode.fromFile({
                filePath: path.join(import.meta.dirname, 'only-packaged-media.js'),
              }),
              runtime: cloudfront.FunctionRuntime.JS_2_0,
            }),
          },
        ],
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
        'Static objects behind a cache; the entry that takes requests has the WAF. Whoever knows the path of packaged media may read it, as with a CDN before MediaPackage without CDN authorization; recordings and inventories are refused.',
      'AwsSolutions-CFR4':
        'The default certificate of cloudfront.net; a domain of one’s own brings its certificate and TLS 1.2.',
    });
  }
}
