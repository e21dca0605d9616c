import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { build } from 'rolldown';

/**
 * Step one of `npm run build` (types are step two). `dist/`: every program of `src/` in a few files, because reading 170 small modules takes a tenth of a second, as long as Node itself. Names
 * and lines stay as they are written, so that stack traces can be read; with `NODE_OPTIONS=--enable-source-maps` they name `src/`.
 */

const source = `${import.meta.dirname}/src`;

/**
 * Pure JavaScript that `reelway package` needs; everything else is loaded from `node_modules` when it is needed. No CommonJS that the packager's core
 * needs (saxes): what wraps it imports `node:module`, and the core runs where there is no Node.
 */
const bundled = ['commander', 'p-limit', 'yocto-queue'];

/** A module that looks for a file beside itself finds it beside `dist/<its path>`, wherever its code ended up. */
const ownAddress = {
  name: 'own-address',
  transform(code, id) {
    if (!id.startsWith(source) || !code.includes('import.meta.url')) return null;
    const path = relative(source, id).replace(/\.ts$/, '.js');
    // No line is moved: the map that there is stays right.
    return { code: code.replaceAll('import.meta.url', `new URL('./${path}', import.meta.url).href`), map: null };
  },
};

const { output } = await build({
  input: {
    main: 'src/main.ts',
    'packaging-thread': 'src/packaging-thread.ts',
    'packaging-coordinator': 'src/packaging-coordinator.ts',
    'packager/packager': 'src/packager/packager.ts',
  },
  platform: 'node',
  external: (id) => /^[^./]/.test(id) && !bundled.includes(id.split('/')[0]),
  plugins: [ownAddress],
  output: { dir: 'dist', chunkFileNames: '[name].js', sourcemap: true, minify: false },
});

/** Their licences ask to go where they go. */
function writeLicences() {
  const modules = output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []));
  const folders = modules.map((id) => /^.*\/node_modules\/(@[^/]+\/)?[^/]+/.exec(id)?.[0]).filter(Boolean);
  const texts = [...new Set(folders)].sort().map((folder) => {
    const { name, version, license, author } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file
      ? readFileSync(`${folder}/${file}`, 'utf8').trim()
      : `Copyright ${author.name ?? author}; https://spdx.org/licenses/${license}`;
    return `## ${name} ${version} (${license})\n\n${text}\n`;
  });
  writeFileSync('dist/licenses.md', `# Licenses of bundled packages\n\n${texts.join('\n')}`);
}
writeLicences();
