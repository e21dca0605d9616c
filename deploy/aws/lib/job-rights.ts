import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { explain } from './explain.js';
import type { Parameters } from './parameters.js';
import type { Storage } from './storage.js';

/** What the stack itself has for jobs. */
export interface OwnResources {
  readonly storage: Storage;
  readonly notices: sns.Topic;
  readonly key: kms.Key;
}

/** What jobs may do in the account: with what the stack has, and with what requests may name of others. */
export function grantJobs(role: iam.Role, own: OwnResources, parameters: Parameters): void {
  grantOwn(role, own);
  grantMediaPackage(role, parameters);
  grantSources(role, parameters);
  grantDestinations(role, parameters);
  if (parameters.kmsKeys.length > 0)
    allow(role, 'KeysOfOthers', ['kms:Decrypt', 'kms:GenerateDataKey'], parameters.kmsKeys);
}

function grantOwn(role: iam.Role, { storage, notices, key }: OwnResources): void {
  storage.media.grantReadWrite(role);
  notices.grantPublish(role);
  key.grantEncryptDecrypt(role);
  const media = Stack.of(role).getLogicalId(storage.media.node.defaultChild as s3.CfnBucket);
  explain(role, {
    'AwsSolutions-IAM5[Action::s3:Abort*]': 'grantReadWrite of CDK: uploads in parts are aborted by name.',
    'AwsSolutions-IAM5[Action::s3:DeleteObject*]': 'grantReadWrite of CDK: repairs remove objects.',
    'AwsSolutions-IAM5[Action::s3:GetBucket*]': 'grantReadWrite of CDK.',
    'AwsSolutions-IAM5[Action::s3:GetObject*]': 'grantReadWrite of CDK.',
    'AwsSolutions-IAM5[Action::s3:List*]': 'grantReadWrite of CDK.',
    'AwsSolutions-IAM5[Action::kms:GenerateDataKey*]': 'The key’s two forms of this action, on this key alone.',
    'AwsSolutions-IAM5[Action::kms:ReEncrypt*]': 'The key’s two forms of this action, on this key alone.',
    [`AwsSolutions-IAM5[Resource::<${media}.Arn>/*]`]: 'Objects of this bucket are the work of this role.',
  });
}

/** MediaPackage makes assets with a role that it is passed, and CDN authorization is a secret. */
function grantMediaPackage(role: iam.Role, { mediaPackageRoles, cdnSecrets }: Parameters): void {
  const { account, region, partition } = Stack.of(role);
  const ofAssets = ['CreateAsset', 'DescribeAsset', 'DeleteAsset'];
  const ofGroups = ['DescribePackagingGroup', 'ListPackagingGroups', 'ListPackagingConfigurations'];
  allow(
    role,
    'MediaPackageVod',
    [...ofAssets, ...ofGroups].map((action) => `mediapackage-vod:${action}`),
    [`arn:${partition}:mediapackage-vod:${region}:${account}:*`],
  );
  role.addToPolicy(
    new iam.PolicyStatement({
      sid: 'PassTheRoleThatReadsSources',
      actions: ['iam:PassRole'],
      resources: mediaPackageRoles.map((name) => `arn:${partition}:iam::${account}:role/${name}`),
      conditions: { StringEquals: { 'iam:PassedToService': 'mediapackage.amazonaws.com' } },
    }),
  );
  const usual = `arn:${partition}:secretsmanager:${region}:${account}:secret:MediaPackage/*`;
  allow(role, 'CdnSecrets', ['secretsmanager:GetSecretValue'], [usual, ...cdnSecrets]);
  explain(role, {
    [`AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:mediapackage-vod:${region}:<AWS::AccountId>:*]`]:
      'Assets and groups of MediaPackage VOD have names that requests bring.',
    [`AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:secretsmanager:${region}:<AWS::AccountId>:secret:MediaPackage/*]`]:
      'MediaPackage itself asks for CDN secrets under this prefix.',
  });
}

/** Sources are read with the role that the request names, where it may be assumed, or else with this one. */
function grantSources(role: iam.Role, { sourceBuckets, sourceRoles }: Parameters): void {
  if (sourceRoles.length > 0) allow(role, 'AssumeRolesOfSources', ['sts:AssumeRole'], sourceRoles);
  for (const pattern of sourceRoles.filter((each) => each.endsWith('*')))
    explain(role, { [`AwsSolutions-IAM5[Resource::${pattern}]`]: 'SOURCE_ROLES names a family of roles.' });
  grantBuckets(role, 'Sources', sourceBuckets, { objects: ['s3:GetObject'], bucket: ['s3:ListBucket'] });
}

/** What docs/s3.md says that a bucket of results needs. */
function grantDestinations(role: iam.Role, { destinationBuckets }: Parameters): void {
  const objects = ['GetObject', 'PutObject', 'DeleteObject', 'AbortMultipartUpload', 'ListMultipartUploadParts'];
  const bucket = ['ListBucket', 'ListBucketMultipartUploads'];
  const s3 = (names: readonly string[]) => names.map((name) => `s3:${name}`);
  grantBuckets(role, 'Destinations', destinationBuckets, { objects: s3(objects), bucket: s3(bucket) });
}

function grantBuckets(
  role: iam.Role,
  of: string,
  names: readonly string[],
  actions: { readonly objects: readonly string[]; readonly bucket: readonly string[] },
): void {
  if (names.length === 0) return;
  const buckets = names.map((name) => `arn:${Stack.of(role).partition}:s3:::${name}`);
  allow(role, `${of}Buckets`, actions.bucket, buckets);
  allow(
    role,
    `${of}Objects`,
    actions.objects,
    buckets.map((bucket) => `${bucket}/*`),
  );
  for (const name of names)
    explain(role, {
      [`AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::${name}/*]`]:
        'Objects have the names that requests give them; the buckets are listed by whoever deploys.',
    });
}

function allow(role: iam.Role, sid: string, actions: readonly string[], resources: readonly string[]): void {
  role.addToPolicy(new iam.PolicyStatement({ sid, actions: [...actions], resources: [...resources] }));
}
