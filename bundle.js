import { relative } from 'node:path';
import { build } from 'rolldown';

/**
 * Step one of `npm run build` (types are step two). `dist/`: every program of `src/` in a few files, because reading 170 small modules takes a tenth of a second, as long as Node itself. Names
 * and lines stay as they are written, so that stack traces can be read; with `NODE_OPTIONS=--enable-source-maps` they name `src/`.
 */

const source = `${import.meta.dirname}/src`;

/** Pure JavaScript that `reelway package` needs; everything else is loaded from `node_modules` when it is needed. */
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

await build({
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
