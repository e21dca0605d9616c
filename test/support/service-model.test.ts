import { describe, expect, it } from 'vitest';
import { requires } from './requires.js';
import { serviceModel } from './service-model.js';

describe.runIf(requires('botocore'))("AWS's own model of a service", () => {
  const asset = { id: 'a', packagingGroupId: 'g', sourceArn: 'arn', sourceRoleArn: 'arn' };

  it.each([
    ['all that is needed', asset, []],
    ['tags', { ...asset, tags: { a: 'b' } }, []],
    ['nothing', {}, ['sourceArn: missing', 'id: missing', 'packagingGroupId: missing', 'sourceRoleArn: missing']],
    ['the casing of SDKs', { ...asset, Tags: {} }, ['Tags: not known']],
    ['a number for a text', { ...asset, id: 7 }, ['id: no text']],
    ['a list for a map', { ...asset, tags: ['x'] }, ['tags: no object']],
  ])('of a CreateAsset with %s', (_name, parameters, expected) => {
    const problems = serviceModel('mediapackage-vod')!.problemsOf('CreateAsset', parameters);
    expect(problems).toEqual(expected.map((problem) => `CreateAsset.${problem}`));
  });

  it('knows operations, lengths, words and what is nested', () => {
    expect(serviceModel('mediapackage-vod')!.problemsOf('MakeAsset', {})).toEqual(['there is no operation MakeAsset']);
    expect(serviceModel('secretsmanager')!.problemsOf('GetSecretValue', { SecretId: '' })).toEqual([
      expect.stringContaining('SecretId: 0 characters') as string,
    ]);
    const dash = { dashManifests: [{ profile: 'HBBTV' }] };
    const configuration = { id: 'c', packagingGroupId: 'g', dashPackage: dash };
    expect(serviceModel('mediapackage-vod')!.problemsOf('CreatePackagingConfiguration', configuration)).toEqual([
      expect.stringContaining('dashPackage.dashManifests.0.profile: none of NONE,HBBTV_1_5') as string,
    ]);
  });
});
