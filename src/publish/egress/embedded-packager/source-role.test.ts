import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { projectRoot } from '../../../../test/support/reelway.js';
import { startS3Server } from '../../../../test/support/s3-server.js';
import { startStsServer } from '../../../../test/support/sts-server.js';
import { s3Store } from '../../../storage/s3.js';
import { coordinatedEgress } from './coordinated-egress.js';
import { checkConfiguration } from './embedded-packager.js';
import { spawnThread } from './spawn-thread.js';
import { setEnvironment } from '../../../../test/support/set-environment.js';

const sample = path.join(projectRoot, 'examples/sample/180p');
const role = 'arn:aws:iam::123456789012:role/media-read';

it('reads a source in S3 with the role of the request, in the threads of a server, where the own credentials may not', async () => {
  const out = await mkdtemp(path.join(tmpdir(), 'reelway-role-'));
  onTestFinished(() => rm(out, { recursive: true, force: true }));
  const s3 = await startS3Server();
  onTestFinished(() => s3.stop());
  const sts = await startStsServer(s3);
  sts.roles.set(role, 'lectures');
  s3.buckets.set('media', new Map());
  const media = s3Store({ bucket: 'media', endpoint: s3.endpoint, credentials: s3.credentials });
  for (const name of await readdir(sample))
    await media.put(`lecture/${name}`, await readFile(path.join(sample, name)), {});
  s3.fault = ({ headers }) =>
    headers['x-amz-security-token'] === undefined ? { kind: 'error', status: 403, code: 'AccessDenied' } : undefined;

  onTestFinished(
    setEnvironment({
      AWS_ENDPOINT_URL_STS: sts.endpoint,
      AWS_ENDPOINT_URL_S3: s3.endpoint,
      AWS_ACCESS_KEY_ID: s3.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
    }),
  );
  const ports = { storage: { kind: 'file', folder: out }, privateHosts: '', trustSourceHost: false, dedicated: false };
  const egress = coordinatedEgress({
    check: checkConfiguration,
    spawn: () => spawnThread('packaging-coordinator', { ...ports, sourceRoles: [`${role}*`], externalId: 'lectures' }),
  });
  onTestFinished(() => egress.close());
  const configuration = { Id: 'cmaf', CmafPackage: { HlsManifests: [{ ManifestName: 'index' }] } };
  const job = { assetId: 'a', source: 's3://media/lecture/index.m3u8', configuration, destination: 'vod/a/cmaf' };

  await expect(egress.produce(job, () => {})).rejects.toMatchObject({ code: 'source_forbidden' });
  const other = `${role}-of-nobody`;
  await expect(egress.produce({ ...job, sourceRole: other }, () => {})).rejects.toMatchObject({
    code: 'source_forbidden',
    message: expect.stringContaining(`Could not assume the role ${other}: its trust policy`) as string,
  });
  expect(await egress.produce({ ...job, sourceRole: role }, () => {})).toMatchObject({ status: 'complete' });
  // One session for each thread that reads, however many objects.
  const readings = s3.requests.filter((request) => request.startsWith('GET media/'));
  expect(sts.given.length).toBeLessThan(readings.length);
  expect(new Set(sts.given.map(({ role: given }) => given))).toEqual(new Set([role]));
});
