/** The four packages that a configuration may have one of. */
export const formats = {
  CmafPackage: { name: 'HLS over CMAF', list: 'HlsManifests' },
  DashPackage: { name: 'DASH', list: 'DashManifests' },
  HlsPackage: { name: 'HLS (MPEG-TS)', list: 'HlsManifests' },
  MssPackage: { name: 'Smooth Streaming', list: 'MssManifests' },
} as const;
export type Format = keyof typeof formats;

export function isFormat(text: string): text is Format {
  return text in formats;
}

/** The format in words; what is none of ours stays as it is. */
export function formatName(type: string): string {
  return isFormat(type) ? formats[type].name : type;
}
