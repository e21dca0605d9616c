import { describe, expect, it } from 'vitest';
import { configurationsOf, newConfiguration, valueAt, withConfigurations, withFormat, withValue } from './document';

const cmaf = { Id: 'cmaf', CmafPackage: { SegmentDurationSeconds: 6, HlsManifests: [{ ManifestName: 'index' }] } };

describe('a packaging group as a document', () => {
  it('keeps the shape of its file whatever the form changes', () => {
    expect(withConfigurations(cmaf, [cmaf])).toEqual([cmaf]);
    const wrapped = { packagingGroup: { id: 'g' }, packagingConfigurations: [cmaf] };
    expect(configurationsOf(wrapped)).toEqual([cmaf]);
    expect(withConfigurations(wrapped, [])).toEqual({ packagingGroup: { id: 'g' }, packagingConfigurations: [] });
    expect(configurationsOf({ Egress: 'mediapackage-vod' })).toBeUndefined();
    expect(configurationsOf('text')).toBeUndefined();
  });

  it('changes a field in the casing that it is written in, in its place', () => {
    const camel = { id: 'c', cmafPackage: { hlsManifests: [{ manifestName: 'a', adMarkers: 'NONE' }] } };
    const path = ['CmafPackage', 'HlsManifests', 0, 'ManifestName'];
    expect(valueAt(camel, path)).toBe('a');
    const changed = withValue(camel, path, 'b');
    expect(changed).toEqual({ id: 'c', cmafPackage: { hlsManifests: [{ manifestName: 'b', adMarkers: 'NONE' }] } });
    expect(JSON.stringify(changed)).toBe(JSON.stringify(camel).replace('"a"', '"b"'));
  });

  it('takes out what is emptied, and the objects around it, but no manifest', () => {
    const path = ['CmafPackage', 'HlsManifests', 0, 'StreamSelection', 'StreamOrder'];
    const selecting = withValue(cmaf, path, 'ORIGINAL');
    expect(valueAt(selecting, path)).toBe('ORIGINAL');
    expect(withValue(selecting, path, undefined)).toEqual(cmaf);
    expect(withValue(cmaf, ['CmafPackage', 'HlsManifests', 0, 'ManifestName'], undefined)).toMatchObject({
      CmafPackage: { HlsManifests: [{}] },
    });
    expect(withValue(cmaf, ['CmafPackage', 'HlsManifests', 0], undefined)).toMatchObject({
      CmafPackage: { HlsManifests: [] },
    });
  });

  it('changes its format and keeps what all formats have', () => {
    const full = withValue(cmaf, ['CmafPackage', 'TextFormat'], 'STPP');
    expect(withFormat(full, 'MssPackage')).toEqual({
      Id: 'cmaf',
      MssPackage: { SegmentDurationSeconds: 6, MssManifests: [{ ManifestName: 'index' }] },
    });
  });

  it('gains a configuration of a format that it has none of, under an id that is free', () => {
    expect(newConfiguration([cmaf])).toMatchObject({ Id: 'dash', DashPackage: {} });
    const all = ['CmafPackage', 'DashPackage', 'HlsPackage', 'MssPackage'].map((format) => ({
      Id: 'cmaf',
      [format]: {},
    }));
    expect(newConfiguration(all)).toMatchObject({ Id: 'cmaf-2', CmafPackage: {} });
  });
});
