import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, utimesSync } from 'node:fs';
import path from 'node:path';

/** Tests of the command line and of the dashboard run what users run, `dist/`: built anew when a file of `src/` or `web/` is younger. Throws when it does not build. */
export function buildWhenStale(root: string, say: (line: string) => void): void {
  // The page is what the build writes last.
  const built = path.join(root, 'dist/web/index.html');
  const youngest = Math.max(...['src', 'web'].map((folder) => youngestBelow(path.join(root, folder))));
  if (existsSync(built) && statSync(built).mtimeMs >= youngest) return;
  say('tests: dist/ is older than src/ or web/, running npm run build');
  const { status, stdout } = spawnSync('npm', ['run', '--silent', 'build'], { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`npm run build failed:\n${stdout}`);
  // The compiler leaves alone what it need not write again.
  utimesSync(built, new Date(), new Date());
}

function youngestBelow(folder: string): number {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return Math.max(...files.map((file) => statSync(path.join(folder, file)).mtimeMs));
}
