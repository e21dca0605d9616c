/**
 * An id for the asset of a source: `https://host/2026/lecture 1/master.m3u8` as `lecture-1`, the file's name, or its folder's where the file
 * is named as all are.
 * @param source name of a file, path or address
 * @returns empty: it has no name that an asset may have
 */
export function assetIdOf(source: string): string {
  const names = source
    .replace(/^[a-z][a-z0-9+.-]+:|[?#].*/gis, '')
    .split(/[/\\]/)
    .filter((part) => part !== '');
  const file = (names.at(-1) ?? '').replace(/\.[A-Za-z0-9]{2,4}$/, '');
  const name = /^(?:index|master|main|playlist|manifest)$/i.test(file) ? (names.at(-2) ?? file) : file;
  return name
    .replaceAll('%20', '-')
    .replaceAll(/[^A-Za-z0-9_-]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 256);
}
