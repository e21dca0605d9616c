/** What the page plays. */
export interface PlayableManifest {
  readonly title: string;
  /** `HLS` or `DASH` */
  readonly format: string;
  readonly url: string;
}

/** The page loads its player and its media from this server and from nowhere else. */
export const playerPagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "media-src 'self' blob:",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** @param folder address of the page's own files, without trailing slash */
export function playerPage(manifests: readonly PlayableManifest[], folder: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <title>Reelway: the sample</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="${folder}/player.css">
    <script src="${folder}/shaka-player.js" defer></script>
    <script src="${folder}/player.js" defer></script>
  </head>
  <body>
    <h1>Reelway</h1>
    <p>A ladder of transport streams, packaged by this server. Every segment comes from its storage.</p>
    <main>${manifests.map(figure).join('')}
    </main>
    <p><a href="/api/docs/">The API</a></p>
  </body>
</html>
`;
}

function figure({ title, format, url }: PlayableManifest): string {
  return `
      <figure>
        <video controls muted playsinline data-manifest="${escaped(url)}" data-state="loading"></video>
        <figcaption><b>${escaped(format)}</b> ${escaped(title)}: <a href="${escaped(url)}">manifest</a> <output></output></figcaption>
      </figure>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

export const playerStyle = `body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 80rem; padding: 0 1rem; }
main { display: grid; gap: 1.5rem; grid-template-columns: repeat(auto-fit, minmax(22rem, 1fr)); }
figure { margin: 0; }
video { aspect-ratio: 16 / 9; background: #000; width: 100%; }
output { color: #555; }
`;

/** Runs in the browser. `data-state` of a video tells how it is going: loading, ready, playing, ended or failed. */
export const playerScript = `'use strict';
shaka.polyfill.installAll();
for (const video of document.querySelectorAll('video')) {
  const output = video.closest('figure').querySelector('output');
  const show = (state, text) => {
    video.dataset.state = state;
    output.textContent = text;
  };
  const fail = (error) => show('failed', 'cannot be played: ' + (error.code ? 'shaka ' + error.code : error.message));
  const player = new shaka.Player();
  player.addEventListener('error', (event) => fail(event.detail));
  player.addEventListener('adaptation', () => describe(player, output));
  video.addEventListener('playing', () => (video.dataset.state = 'playing'));
  video.addEventListener('ended', () => (video.dataset.state = 'ended'));
  player
    .attach(video)
    .then(() => player.load(video.dataset.manifest))
    .then(() => show('ready', ''))
    .then(() => describe(player, output))
    .catch(fail);
}

function describe(player, output) {
  const active = player.getVariantTracks().find((track) => track.active);
  if (active) output.textContent = active.width + '×' + active.height + ', ' + Math.round(active.bandwidth / 1000) + ' kbit/s';
}
`;
