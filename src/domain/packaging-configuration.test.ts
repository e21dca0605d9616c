import { describe, expect, it } from 'vitest';
import { Failure } from './failure.js';
import { parsePackagingGroup, readPackagingGroup } from './packaging-configuration.js';

const single = { DashManifests: [{}], SegmentLayout: 'SINGLE_FILE' };
const cmaf = { Id: 'cmaf', CmafPackage: { HlsManifests: [{ ManifestName: 'index' }], SegmentDurationSeconds: 6 } };

describe('a packaging group file', () => {
  it('is one configuration, an array of them, or a group with its configurations', () => {
    expect(parsePackagingGroup(cmaf).configurations).toEqual([cmaf]);
    expect(parsePackagingGroup([cmaf]).configurations).toEqual([cmaf]);
    const group = parsePackagingGroup({
      PackagingGroup: { Id: 'g', DomainName: 'x' },
      PackagingConfigurations: [cmaf],
    });
    expect(group).toEqual({ id: 'g', egress: 'embedded', configurations: [cmaf] });
  });

  it('says who makes its endpoints; MediaPackage knows the configurations of its own groups', () => {
    const file = { PackagingGroup: { Id: 'g' }, Egress: 'mediapackage-vod' };
    expect(parsePackagingGroup(file)).toEqual({ id: 'g', egress: 'mediapackage-vod', configurations: [] });
    expect(refusal({ ...file, PackagingConfigurations: [cmaf] }).message).toContain(
      'file.PackagingConfigurations: with Egress "mediapackage-vod" those that MediaPackage has are used',
    );
    expect(refusal({ Egress: 'somebody' }).message).toContain('Egress');
  });

  it('may be what MediaPackage says of a group, but for what would not be honoured', () => {
    const described = {
      ...{ id: 'g', arn: 'arn:aws:mediapackage-vod:eu-west-1:1:packaging-groups/g', domainName: 'x.example' },
      ...{
        createdAt: '2026-01-01',
        approximateAssetCount: 3,
        egressAccessLogs: { logGroupName: '/l' },
        tags: { a: 'b' },
      },
    };
    const file = { packagingGroup: described, packagingConfigurations: [cmaf] };
    expect(parsePackagingGroup(file)).toEqual({ id: 'g', egress: 'embedded', configurations: [cmaf] });

    const authorization = { cdnIdentifierSecret: 'arn:secret', secretsRoleArn: 'arn:role' };
    for (const more of [{}, { egress: 'mediapackage-vod', packagingConfigurations: [] }]) {
      const refused = refusal({ ...file, ...more, packagingGroup: { ...described, authorization } });
      expect(refused.message).toContain('file.PackagingGroup.Authorization: ');
      expect(refused.message).toContain('make the group through /mediapackage-vod');
    }
    expect(refusal({ ...file, packagingGroup: { id: 'g', authorisation: {} } }).message).toContain('"Authorisation"');
    expect(refusal({ ...file, egres: 'mediapackage-vod' }).message).toContain('"Egres"');
    expect(refusal({ packagingGroup: described }).message).toContain('PackagingConfigurations');
  });

  it("reads the REST API's lowerCamelCase and keeps the keys of tags", () => {
    const wire = {
      id: 'cmaf',
      tags: { costCentre: '7' },
      cmafPackage: { hlsManifests: [{ manifestName: 'index' }], segmentDurationSeconds: 6 },
    };
    expect(parsePackagingGroup(wire).configurations).toEqual([{ ...cmaf, Tags: { costCentre: '7' } }]);
  });

  it('may be what SDKs print, tags as CloudFormation has them, and fields that are null', () => {
    const answer = { $metadata: { httpStatusCode: 200 }, ResponseMetadata: { RequestId: 'r' } };
    const tagged = { ...cmaf, Tags: [{ Key: 'costCentre', Value: '7' }], HlsPackage: null, PackagingGroupId: null };
    const expected = [{ ...cmaf, Tags: { costCentre: '7' } }];
    expect(parsePackagingGroup({ ...answer, ...tagged }).configurations).toEqual(expected);
    const list = { ...answer, PackagingConfigurations: [tagged] };
    expect(parsePackagingGroup({ ...list, NextToken: null }).configurations).toEqual(expected);
    expect(refusal({ ...list, NextToken: 'n' }).message).toBe(
      'file.NextToken: the list goes on after these: ask for all of its pages',
    );
    expect(refusal({ ...cmaf, Tags: [{ Key: 'a' }] }).message).toContain('cmaf.Tags: ');
  });

  it('tells what is wrong by configuration and field, beside what could be read', () => {
    const wrong = { id: 'a b', cmafPackage: { hlsManifests: [{ manifestName: '?' }] } };
    const { group, problems } = readPackagingGroup([cmaf, wrong, cmaf]);
    expect(group.configurations).toEqual([cmaf]);
    expect(problems).toEqual([
      expect.objectContaining({
        configuration: 1,
        field: 'Id',
        text: expect.stringMatching(/^a b\.Id: letters/) as string,
      }),
      expect.objectContaining({ configuration: 1, field: 'CmafPackage.HlsManifests.0.ManifestName' }),
      { configuration: 2, field: 'Id', message: 'Id "cmaf" is given twice', text: 'Id "cmaf" is given twice' },
    ]);
  });

  it('names a manifest `index` when it has no name', () => {
    const [configuration] = parsePackagingGroup({ Id: 'd', DashPackage: { DashManifests: [{}] } }).configurations;
    expect(configuration?.DashPackage?.DashManifests[0]?.ManifestName).toBe('index');
  });

  it.each([
    [
      'no package',
      { Id: 'a' },
      'exactly one of HlsPackage, CmafPackage, DashPackage, MssPackage is needed; given: none',
    ],
    ['two packages', { ...cmaf, DashPackage: { DashManifests: [{}] } }, 'given: CmafPackage, DashPackage'],
    ['an unknown field', { Id: 'a', CmafPackage: { HlsManifests: [{ Speed: 1 }] } }, 'a.CmafPackage.HlsManifests.0: '],
    [
      "a value of the live service's",
      { Id: 'a', DashPackage: { DashManifests: [{ ManifestLayout: 'DRM_TOP_LEVEL_COMPACT' }] } },
      'ManifestLayout',
    ],
    ['an id that is a path', { ...cmaf, Id: '../a' }, '../a.Id: letters, digits'],
    [
      'a manifest name that is a path',
      { Id: 'a', CmafPackage: { HlsManifests: [{ ManifestName: 'a/b' }] } },
      'ManifestName: letters',
    ],
    [
      'two manifests of one name',
      { Id: 'a', CmafPackage: { HlsManifests: [{}, {}] } },
      'ManifestName "index" is given twice',
    ],
    [
      'a layout that there is not',
      { Id: 'a', CmafPackage: { HlsManifests: [{}], SegmentLayout: 'ONE' } },
      'a.CmafPackage.SegmentLayout: ',
    ],
    [
      'single files of Smooth Streaming',
      { Id: 'a', MssPackage: { MssManifests: [{}], SegmentLayout: 'SINGLE_FILE' } },
      'a.MssPackage: ',
    ],
    [
      'single files that are to have names by a template',
      { Id: 'a', DashPackage: { ...single, SegmentTemplateFormat: 'TIME_WITH_TIMELINE' } },
      'a.DashPackage.SegmentTemplateFormat: TIME_WITH_TIMELINE cannot go with SegmentLayout SINGLE_FILE',
    ],
    [
      'single files that are to be parted at advertisements',
      { Id: 'a', DashPackage: { ...single, PeriodTriggers: ['ADS'] } },
      'a.DashPackage.PeriodTriggers: ADS cannot go with SegmentLayout SINGLE_FILE',
    ],
    [
      'single files in a compact layout, and of HbbTV',
      { Id: 'a', DashPackage: { ...single, DashManifests: [{ ManifestLayout: 'COMPACT', Profile: 'HBBTV_1_5' }] } },
      'a.DashPackage.DashManifests.0.ManifestLayout: COMPACT cannot go with SegmentLayout SINGLE_FILE; leave out one of them; ' +
        'a.DashPackage.DashManifests.0.Profile: HBBTV_1_5 cannot',
    ],
    ['a field in both casings', { ...cmaf, id: 'other' }, 'Id is given twice, in either casing'],
    ['two configurations of one id', [cmaf, cmaf], 'Id "cmaf" is given twice'],
    ['an empty list', [], 'at least one packaging configuration is needed'],
    ['a group with none', { PackagingGroup: { Id: 'g' }, PackagingConfigurations: [] }, 'PackagingConfigurations'],
    ['something else', 'cmaf', 'configuration 1'],
  ])('is refused with %s', (_, json, expected) => {
    const refused = refusal(json);
    expect(refused.code).toBe('configuration_invalid');
    expect(refused.message).toContain(expected);
  });

  it('is refused when it is nested without end', () => {
    let deep: object = {};
    for (let level = 0; level < 100; level++) deep = { deep };
    expect(refusal(deep).message).toContain('16 levels');
  });
});

function refusal(json: unknown): Failure {
  try {
    parsePackagingGroup(json);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('was not refused');
}
