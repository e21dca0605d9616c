import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { readConfig } from '../../../src/config/config.js';
import { roleToAssume } from '../../../src/domain/source-role.js';
import { readParameters } from '../lib/parameters.js';
import { example, synthesize, textOf } from './synthesize.js';

interface Statement {
  readonly Sid?: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: object;
}

/** What the role of jobs may do, by action; where. */
function rightsOf(template: Template): ReadonlyMap<string, readonly string[]> {
  const policies = Object.entries(template.findResources('AWS::IAM::Policy'));
  const [, policy] = policies.find(([id]) => id.startsWith('ServiceTaskRoleDefaultPolicy'))!;
  const rights = new Map<string, string[]>();
  for (const { Action, Resource } of policy.Properties.PolicyDocument.Statement as Statement[])
    for (const action of [Action].flat())
      rights.set(action, [...(rights.get(action) ?? []), ...[Resource].flat().map(textOf)]);
  return rights;
}

const role = (name: string) => `arn:<AWS::Partition>:iam::<AWS::AccountId>:role/${name}`;

describe('jobs', () => {
  const usual = synthesize();
  const source = 'arn:aws:iam::210987654321:role/media-*';
  const secret = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:our-cdn-AbCdEf';
  const key = 'arn:aws:kms:us-east-1:210987654321:key/0f1e2d3c';
  const asked = synthesize({
    ...{ MEDIAPACKAGE_ROLES: 'media/Reader, Other_Reader', MEDIAPACKAGE_CDN_SECRETS: secret, KMS_KEYS: key },
    ...{ SOURCE_ROLES: source, SOURCE_BUCKETS: 'lectures-in', DESTINATION_BUCKETS: 'lectures-out, seminars-out' },
  });

  it('may do what they could at packaged-vod-downloader, without a parameter', () => {
    const rights = rightsOf(usual);
    assert.deepEqual(rights.get('iam:PassRole'), [role('MediaPackage_Default_Role')]);
    usual.hasResourceProperties('AWS::StepFunctions::StateMachine', {
      StateMachineName: 'PackagedVodDownloaderStateMachine',
    });
    for (const action of ['CreateAsset', 'DescribeAsset', 'DescribePackagingGroup'])
      assert.ok(rights.has(`mediapackage-vod:${action}`), action);
    assert.ok(
      rights.get('secretsmanager:GetSecretValue')!.some((resource) => resource.includes('secret:MediaPackage/*')),
    );
    assert.ok(!rights.has('sts:AssumeRole'));
  });

  it('may pass to MediaPackage alone the roles that are listed, and read the secrets that are', () => {
    const rights = rightsOf(asked);
    assert.deepEqual(rights.get('iam:PassRole'), [role('Other_Reader'), role('media/Reader')]);
    assert.ok(rights.get('secretsmanager:GetSecretValue')!.includes(secret));
    asked.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: 'iam:PassRole',
            Condition: { StringEquals: { 'iam:PassedToService': 'mediapackage.amazonaws.com' } },
          }),
        ]),
      },
    });
  });

  it('may assume the roles that requests may name, and Reelway knows them', () => {
    assert.deepEqual(rightsOf(asked).get('sts:AssumeRole'), [source]);
    for (const task of Object.values(asked.findResources('AWS::ECS::TaskDefinition'))) {
      const [{ Environment }] = task.Properties.ContainerDefinitions;
      const [setting] = Environment.filter(({ Name }: { Name: string }) => Name === 'REELWAY_SOURCE_ROLES');
      const { REELWAY_SOURCE_ROLES: allowed } = readConfig({ REELWAY_SOURCE_ROLES: setting.Value });
      const named = { source: 's3://a/b.m3u8', sourceRoleArn: source.replace('*', 'reader') };
      assert.equal(roleToAssume(named, allowed), named.sourceRoleArn);
    }
  });

  it('may read and write the buckets that are listed, as docs/s3.md says, with their keys', () => {
    const rights = rightsOf(asked);
    const bucket = (name: string) => `arn:<AWS::Partition>:s3:::${name}`;
    const outs = [bucket('lectures-out'), bucket('seminars-out')];
    const objects = outs.map((out) => `${out}/*`);
    const includesAll = (action: string, resources: readonly string[]) =>
      assert.deepEqual(
        resources.filter((each) => !rights.get(action)?.includes(each)),
        [],
        action,
      );
    for (const action of ['PutObject', 'DeleteObject', 'AbortMultipartUpload', 'ListMultipartUploadParts'])
      includesAll(`s3:${action}`, objects);
    includesAll('s3:GetObject', [`${bucket('lectures-in')}/*`, ...objects]);
    includesAll('s3:ListBucket', [bucket('lectures-in'), ...outs]);
    includesAll('s3:ListBucketMultipartUploads', outs);
    assert.ok(!rights.get('s3:PutObject')!.includes(`${bucket('lectures-in')}/*`));
    for (const action of ['kms:Decrypt', 'kms:GenerateDataKey']) includesAll(action, [key]);
  });
});

describe('parameters of rights', () => {
  it('are refused by name when they would allow more than they name', () => {
    for (const [name, value] of Object.entries({
      ...{
        MEDIAPACKAGE_ROLES: '*',
        MEDIAPACKAGE_CDN_SECRETS: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:*',
      },
      ...{ SOURCE_ROLES: 'arn:aws:iam::*:role/a', SOURCE_BUCKETS: '*', DESTINATION_BUCKETS: 'a/b', KMS_KEYS: '*' },
      STATE_MACHINE_NAME: 'a b',
    }))
      assert.throws(() => readParameters({ ...example, [name]: value }), new RegExp(`${name}: `));
    const settings = { REELWAY_SETTINGS: '{"REELWAY_SOURCE_ROLES":"arn:aws:iam::123456789012:role/a"}' };
    assert.throws(() => readParameters({ ...example, ...settings }), /REELWAY_SOURCE_ROLES is set by the stack/);
  });
});
