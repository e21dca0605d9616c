import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, utimesSync } from 'node:fs';
import path from 'node:path';

/** Tests of the command line run what users run, `dist/`: built anew when a file of `src/` is younger. Throws when it does not build. */
export function buildWhenStale(root: string, say: (line: string) => void): void {
  const built = path.join(root, 'dist/.tsbuildinfo');
  const sources = readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' });
  const youngest = Math.max(...sources.map((file) => statSync(path.join(root, 'src', file)).mtimeMs));
  if (existsSync(built) && statSync(built).mtimeMs >= youngest) return;
  say('tests: dist/ is older than src/, running npm run build');
  const { status, stdout } = spawnSync('npm', ['run', '--silent', 'build'], { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`npm run build failed:\n${stdout}`);
  // The compiler leaves alone what it need not write again.
  utimesSync(built, new Date(), new Date());
}
