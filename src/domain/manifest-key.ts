/** Is it what a player opens, or reads again? HLS, DASH, Smooth Streaming; by its key. */
export function isManifest(key: string): boolean {
  return /\.(m3u8|mpd|ismc)$/i.test(key) || isClientManifest(key);
}

/** [MS-SSTR] §2.2.1: the address that players make has no extension. */
export function isClientManifest(key: string): boolean {
  return /\.isml?\/manifest$/i.test(key);
}
