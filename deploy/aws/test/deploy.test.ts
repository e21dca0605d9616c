import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, beforeEach, describe, it } from 'node:test';
import { deploy } from '../lib/deploy.js';
import { synthesize } from './synthesize.js';

/*
 * Stand-ins for docker, aws and cdk: a registry is a file of names, a stack one of what its template puts out. They note what they were called with.
 * `fail-<program>` is what a program says when it is to fail.
 */
const program = (body: string) => `#!${process.execPath}
const { appendFileSync, existsSync, readFileSync, writeFileSync } = require('node:fs');
const words = process.argv.slice(2);
const at = (name) => process.env.STATE + '/' + name;
const own = require('node:path').basename(__filename);
appendFileSync(at('calls'), [own, ...words].join(' ') + '\\n');
const refuse = (text) => { process.stderr.write(text); process.exit(1); };
if (existsSync(at('fail-' + own))) refuse(readFileSync(at('fail-' + own), 'utf8'));
const { STACK_NAME: stack, REELWAY_VERSION, REELWAY_PREVIOUS_VERSION } = process.env;
${body}`;
const programs = {
  docker: `
const registry = existsSync(at('registry')) ? readFileSync(at('registry'), 'utf8').split('\\n') : [];
if (words[0] === 'manifest' && !registry.includes(words[2])) refuse('no such manifest: ' + words[2]);
if (words[0] === 'push') writeFileSync(at('registry'), [...registry, words[1]].join('\\n'));`,
  aws: `
if (words[1] === 'list-stack-resources') process.stdout.write(readFileSync(at('resources'), 'utf8'));
if (words[1] !== 'describe-stacks') process.exit(0);
const file = at(words[words.indexOf('--stack-name') + 1]);
if (!existsSync(file)) refuse('An error occurred (ValidationError): Stack with id x does not exist');
process.stdout.write(JSON.stringify({ Stacks: [{ Outputs: JSON.parse(readFileSync(file, 'utf8')) }] }));`,
  cdk: `
const outputs = { Version: REELWAY_VERSION, ...(REELWAY_PREVIOUS_VERSION && { PreviousVersion: REELWAY_PREVIOUS_VERSION }) };
const listed = Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue }));
if (words[0] === 'deploy') writeFileSync(at(stack), JSON.stringify(listed));`,
};

const place = mkdtempSync(path.join(tmpdir(), 'reelway-deploy-'));
after(() => rmSync(place, { recursive: true }));
let repository: string;
let state: string;
let count = 0;
const inRepository = (name: string, text: string) => {
  mkdirSync(path.dirname(path.join(repository, name)), { recursive: true });
  writeFileSync(path.join(repository, name), text);
};
const git = (...words: string[]) =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...words], { cwd: repository, stdio: 'pipe' });

/** A clone at a git tag of that version, with an `.env` of a production stack and perhaps one of staging. */
beforeEach(() => {
  repository = path.join(place, `clone-${++count}`);
  state = path.join(place, `state-${count}`);
  mkdirSync(state);
  mkdirSync(repository);
  for (const [name, body] of Object.entries(programs))
    writeFileSync(path.join(state, name), program(body), { mode: 0o755 });
  git('init', '-q');
  inRepository('.gitignore', '.env\n.env.staging\n');
  inRepository(
    'deploy/aws/.env',
    'STACK_NAME=live\nREELWAY_IMAGE=registry.example.org/reelway\nREELWAY_VERSION=v1.0.0\n',
  );
  checkOut('v1.0.0');
});

function checkOut(version: string): void {
  inRepository('package.json', JSON.stringify({ version: version.slice(1) }));
  git('add', '.');
  git('commit', '-q', '-m', version);
  git('tag', version);
}

function withStaging(): void {
  inRepository(
    'deploy/aws/.env.staging',
    'STACK_NAME=trial\nREELWAY_DOMAIN=trial.example.org\nSTATE_MACHINE_NAME=Trial\n',
  );
}

async function command(...words: string[]): Promise<string[]> {
  const said: string[] = [];
  await deploy(words, {
    folder: path.join(repository, 'deploy/aws'),
    variables: { PATH: `${state}${path.delimiter}${process.env.PATH}`, STATE: state },
    confirm: () => Promise.resolve(''),
    say: (line) => void said.push(line),
  });
  return said;
}

/** What a stack runs, and before it. */
function runs(stack: string): unknown[] {
  const file = path.join(state, stack);
  if (!existsSync(file)) return [];
  return (JSON.parse(readFileSync(file, 'utf8')) as { OutputValue: string }[]).map(({ OutputValue }) => OutputValue);
}

const calls = (start: string) =>
  readFileSync(path.join(state, 'calls'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith(start));

describe('release', () => {
  it('builds the image of the git tag, pushes it once, and runs it on the staging stack alone', async () => {
    withStaging();
    await command('deploy');
    checkOut('v2.0.0');
    await command('release', 'v2.0.0');
    await command('release', 'v2.0.0');
    const built = `docker build --platform linux/amd64 --file deploy/compose/Dockerfile --build-arg VERSION=v2.0.0 --tag registry.example.org/reelway:v2.0.0 .`;
    assert.deepEqual(calls('docker build'), [built]);
    assert.deepEqual(calls('docker push'), ['docker push registry.example.org/reelway:v2.0.0']);
    assert.deepEqual([runs('trial'), runs('live')], [['v2.0.0'], ['v1.0.0']]);
  });

  it('ends with the image where there is no staging stack', async () => {
    assert.deepEqual(await command('release', 'v1.0.0'), ['v1.0.0 is released: promote it.']);
    assert.deepEqual([calls('docker push').length, calls('cdk').length], [1, 0]);
  });

  it('refuses what is not that version: another in package.json, another commit, changed files', async () => {
    await assert.rejects(command('release', 'v2.0.0'), /package.json says 1.0.0/);
    git('commit', '-q', '--allow-empty', '-m', 'later');
    await assert.rejects(command('release', 'v1.0.0'), /not the git tag v1.0.0/);
    git('reset', '-q', '--hard', 'v1.0.0');
    inRepository('src/main.ts', 'changed');
    await assert.rejects(command('release', 'v1.0.0'), /other than in the git tag v1.0.0:\n\?\? src\//);
    assert.ok(!existsSync(path.join(state, 'calls')));
  });

  it('never pushes over a version because the registry did not answer', async () => {
    writeFileSync(path.join(state, 'fail-docker'), 'connection refused');
    await assert.rejects(command('release', 'v1.0.0'), /does not say whether it has .*: connection refused/);
    assert.deepEqual(calls('docker build'), []);
  });
});

describe('promote and rollback', () => {
  beforeEach(async () => {
    await command('release', 'v1.0.0');
    await command('deploy');
    checkOut('v2.0.0');
    await command('release', 'v2.0.0');
  });

  it('change what the production stack runs, which a deployment then keeps', async () => {
    assert.deepEqual(await command('promote', 'v2.0.0'), ['live: v1.0.0 to v2.0.0.']);
    assert.deepEqual(runs('live'), ['v2.0.0', 'v1.0.0']);
    // Its .env still says v1.0.0.
    assert.deepEqual(await command('deploy'), ['live stays at v2.0.0.']);
    await command('diff');
    await command('promote', 'v2.0.0');
    assert.deepEqual(runs('live'), ['v2.0.0', 'v1.0.0']);
    await command('rollback');
    assert.deepEqual(runs('live'), ['v1.0.0', 'v2.0.0']);
    await command('rollback');
    assert.deepEqual(runs('live'), ['v2.0.0', 'v1.0.0']);
    await command('rollback', 'v1.0.0');
    assert.deepEqual(runs('live'), ['v1.0.0', 'v2.0.0']);
  });

  it('refuse what was never released, and to go back where nothing was before', async () => {
    await assert.rejects(command('promote', 'v3.0.0'), /has no v3.0.0: release it first/);
    await assert.rejects(command('rollback'), /no version before/);
    assert.deepEqual(runs('live'), ['v1.0.0']);
  });

  it('do nothing when AWS does not say what runs', async () => {
    writeFileSync(path.join(state, 'fail-aws'), 'Unable to locate credentials');
    await assert.rejects(command('promote', 'v2.0.0'), /does not say what the stack live runs: Unable to locate/);
    assert.deepEqual(runs('live'), ['v1.0.0']);
  });

  it('are remembered by the stack itself', () => {
    synthesize({ REELWAY_VERSION: 'v2.0.0', REELWAY_PREVIOUS_VERSION: 'v1.0.0' }).templateMatches({
      Outputs: { Version: { Value: 'v2.0.0' }, PreviousVersion: { Value: 'v1.0.0' } },
    });
  });
});

describe('the stacks', () => {
  it('of production, and whatever is destroyed, want their name typed', async () => {
    inRepository('deploy/aws/.env', 'STACK_NAME=reelway-prod\nREELWAY_IMAGE=a\nREELWAY_VERSION=v1.0.0\n');
    await assert.rejects(command('deploy'), /not the name of the stack: nothing was done/);
    await assert.rejects(command('destroy', '--confirm', 'reelway'), /nothing was done/);
    await command('diff');
    await command('deploy', '--confirm', 'reelway-prod');
    assert.deepEqual(calls('cdk'), ['cdk diff', 'cdk deploy --require-approval broadening']);
    withStaging();
    await assert.rejects(command('destroy', '--staging', '--confirm', 'reelway-prod'), /nothing was done/);
    assert.deepEqual(calls('aws cloudformation delete-stack'), []);
  });

  it('are removed by name alone, after what guards them against deletion', async () => {
    inRepository('deploy/aws/.env', 'STACK_NAME=live\n');
    const [balancer] = Object.values(synthesize().findResources('AWS::ElasticLoadBalancingV2::LoadBalancer'));
    const [cluster] = Object.values(synthesize().findResources('AWS::RDS::DBCluster'));
    const resources = [
      { ResourceType: balancer!.Type, PhysicalResourceId: 'arn:balancer', ResourceStatus: 'CREATE_COMPLETE' },
      { ResourceType: cluster!.Type, PhysicalResourceId: 'cluster-1', ResourceStatus: 'UPDATE_COMPLETE' },
      { ResourceType: cluster!.Type, PhysicalResourceId: 'cluster-0', ResourceStatus: 'DELETE_COMPLETE' },
      { ResourceType: 'AWS::SNS::Topic', ResourceStatus: 'CREATE_FAILED' },
    ];
    writeFileSync(path.join(state, 'resources'), JSON.stringify({ StackResourceSummaries: resources }));
    await command('destroy', '--confirm', 'live');
    assert.deepEqual(calls('aws').slice(1), [
      'aws elbv2 modify-load-balancer-attributes --load-balancer-arn arn:balancer --attributes Key=deletion_protection.enabled,Value=false',
      'aws rds modify-db-cluster --db-cluster-identifier cluster-1 --no-deletion-protection --apply-immediately',
      'aws cloudformation delete-stack --stack-name live',
      'aws cloudformation wait stack-delete-complete --stack-name live',
    ]);
    writeFileSync(path.join(state, 'fail-aws'), 'Stack with id live does not exist');
    await assert.rejects(command('destroy', '--confirm', 'live'), /list-stack-resources: .* does not exist/);
  });

  it('share nothing that there is once', async () => {
    inRepository('deploy/aws/.env.staging', 'STACK_NAME=trial\nREELWAY_DOMAIN=trial.example.org\n');
    await assert.rejects(command('deploy'), /another STATE_MACHINE_NAME than .env/);
    rmSync(path.join(repository, 'deploy/aws/.env.staging'));
    await assert.rejects(command('deploy', '--staging'), /There is no staging stack/);
  });

  it('begin with REELWAY_VERSION', async () => {
    assert.deepEqual(await command('deploy'), ['live is new and begins with v1.0.0.']);
    inRepository('deploy/aws/.env', 'STACK_NAME=another\nREELWAY_IMAGE=a\n');
    await assert.rejects(command('deploy'), /REELWAY_VERSION: the version that a new stack begins with/);
  });
});

describe('the command line', () => {
  it('refuses what it does not know', async () => {
    for (const words of [
      [],
      ['release'],
      ['release', 'latest'],
      ['promote', 'v1.0.0', '--staging'],
      ['deploy', 'v1.0.0'],
      ['remove'],
    ])
      await assert.rejects(command(...words), /npm run deploy:aws|git tag such as/, words.join(' '));
    assert.ok(!existsSync(path.join(state, 'calls')));
  });
});
