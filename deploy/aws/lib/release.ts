import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ask, run, type Place } from './programs.js';

/**
 * Makes a version from the git tag of that name: builds its image and pushes it. A version that is in the registry already is left as it is.
 * @param place the repository
 * @throws Error when what is checked out is not that version
 */
export async function release(image: string, version: string, place: Place): Promise<void> {
  await refuseOther(version, place);
  if (await isReleased(image, version, place)) return;
  const name = `${image}:${version}`;
  const dockerfile = ['--file', 'deploy/compose/Dockerfile', '--build-arg', `VERSION=${version}`];
  // What Fargate runs, whatever machine builds it.
  await run('docker', ['build', '--platform', 'linux/amd64', ...dockerfile, '--tag', name, '.'], place);
  await run('docker', ['push', name], place);
}

/** Is the version in the registry? @throws Error when the registry does not say */
export async function isReleased(image: string, version: string, place: Place): Promise<boolean> {
  const { ok, complaint } = await ask('docker', ['manifest', 'inspect', `${image}:${version}`], place);
  if (ok) return true;
  if (/no such manifest|manifest unknown|not found/i.test(complaint)) return false;
  throw new Error(`The registry does not say whether it has ${image}:${version}: ${complaint}`);
}

/** What is called a version has to be it: the git tag, nothing changed since, and what /healthz shows. */
async function refuseOther(version: string, place: Place): Promise<void> {
  const { version: shown } = JSON.parse(readFileSync(path.join(place.folder, 'package.json'), 'utf8')) as {
    version: string;
  };
  if (version.replace(/^v/, '') !== shown)
    throw new Error(`package.json says ${shown}, which /healthz would show for ${version}: \`npm version\` sets it.`);
  const { answer: tags } = await ask('git', ['tag', '--points-at', 'HEAD'], place);
  if (!tags.split('\n').includes(version)) throw new Error(`What is checked out is not the git tag ${version}.`);
  // deploy/aws is no part of the image, and CDK notes there what it looked up.
  const { answer: changes } = await ask('git', ['status', '--porcelain', '--', '.', ':!deploy/aws'], place);
  if (changes !== '') throw new Error(`Files are other than in the git tag ${version}:\n${changes}`);
}
