import { describe, expect, it } from 'vitest';
import type { PackagingConfiguration } from '../../domain/packaging-configuration.js';
import { planPresentation } from './plan-presentation.js';
import { ladder } from './planned-ladder.case.js';

const named = [{ ManifestName: 'index' }];

describe('a configuration that a program without types hands over', () => {
  it.each([
    [{ Id: 'c' }, 'exactly one of HlsPackage, CmafPackage, DashPackage, MssPackage is needed; given: none'],
    [
      { Id: 'c', DashPackage: { DashManifests: named }, MssPackage: { MssManifests: named } },
      'given: DashPackage, MssPackage',
    ],
    [{ id: 'c', cmafPackage: { hlsManifests: named } }, 'there is no field id;'],
    [{ Id: 'c', CmafPackage: { HlsManifests: named, Speed: 1 } }, 'there is no field CmafPackage.Speed;'],
    [
      { Id: 'c', CmafPackage: { HlsManifests: [{}] } },
      'given: undefined (field CmafPackage.HlsManifests.ManifestName)',
    ],
    [{ Id: 'c', DashPackage: { DashManifests: [{ ManifestName: '../x' }] } }, 'given: ../x'],
    [
      { Id: 'c', HlsPackage: { HlsManifests: named, SegmentDurationSeconds: NaN } },
      'a whole number from 1 to 3600 is allowed; given: NaN',
    ],
  ])('is refused where nothing, or something nameless, would become of it: %j', (configuration, message) => {
    expect(() => planPresentation(ladder, configuration as unknown as PackagingConfiguration)).toThrow(message);
  });

  it('may have tags of any name, and fields that are undefined', () => {
    const configuration = { Id: 'c', Tags: { any: 'x' }, HlsPackage: undefined, CmafPackage: { HlsManifests: named } };
    expect(planPresentation(ladder, configuration).tasks).not.toEqual([]);
  });
});
