import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

const outDir = path.resolve(import.meta.dirname, '../dist/web');
/** Beside `index.html`: what the server lets browsers keep for ever. */
const assetsDir = 'web';

// Whoever builds (a test run, for one) may have set it to something else, and React would be built for its developers.
process.env.NODE_ENV = 'production';

export default defineConfig({
  root: import.meta.dirname,
  // Relative: the dashboard works below any path that a proxy gives it.
  base: './',
  plugins: [compressed()],
  build: {
    outDir,
    assetsDir,
    emptyOutDir: true,
    // Beside what is bundled, whose licences ask for it.
    license: { fileName: 'licenses.md' },
    target: 'es2022',
    // Inlined files would be `data:` addresses, which the policy of the page refuses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The player is one library, loaded when somebody plays.
    chunkSizeWarningLimit: 1000,
    reportCompressedSize: false,
  },
});

/** The best takes ten times as long for two per cent. */
const brotliOptions = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };

/** Each file a second and a third time, compressed: the server sends what the browser takes, without work of its own. */
function compressed(): Plugin {
  return {
    name: 'compressed',
    apply: 'build',
    async closeBundle() {
      const folder = path.join(outDir, assetsDir);
      for (const name of await readdir(folder)) {
        if (!/\.(js|css)$/.test(name)) continue;
        const bytes = await readFile(path.join(folder, name));
        await writeFile(path.join(folder, `${name}.gz`), await promisify(gzip)(bytes, { level: 9 }));
        await writeFile(path.join(folder, `${name}.br`), await promisify(brotliCompress)(bytes, brotliOptions));
      }
    },
  };
}
