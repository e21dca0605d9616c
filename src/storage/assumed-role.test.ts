import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { startS3Server } from '../../test/support/s3-server.js';
import { startStsServer, type StsServer } from '../../test/support/sts-server.js';
import { assumedRole } from './assumed-role.js';
import { setEnvironment } from '../../test/support/set-environment.js';

const roleArn = 'arn:aws:iam::123456789012:role/media-read';
let sts: StsServer;

beforeEach(async () => {
  const s3 = await startS3Server();
  onTestFinished(() => s3.stop());
  sts = await startStsServer(s3);
  sts.roles.set(roleArn, undefined);
  onTestFinished(
    setEnvironment({
      AWS_ENDPOINT_URL_STS: sts.endpoint,
      AWS_ACCESS_KEY_ID: s3.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
    }),
  );
});

it('gives one session to all who ask, until five minutes before its end', async () => {
  let now = Date.now();
  const credentials = assumedRole({ roleArn, now: () => now });
  const [first, second] = await Promise.all([credentials(), credentials()]);
  expect(second).toBe(first);
  expect(await credentials()).toBe(first);
  expect(sts.given).toEqual([{ role: roleArn, session: 'reelway-source' }]);

  now += 3600_000 - 6 * 60_000;
  expect(await credentials()).toBe(first);
  now += 2 * 60_000;
  expect((await credentials()).accessKeyId).not.toBe(first.accessKeyId);
  expect(sts.given).toHaveLength(2);
});

it('sends the external ID that a role asks for, and says what is wrong without it', async () => {
  sts.roles.set(roleArn, 'reelway-7');
  await expect(assumedRole({ roleArn })()).rejects.toMatchObject({
    code: 'storage_forbidden',
    message: expect.stringMatching(
      /^Could not assume the role arn:.*its trust policy does not name these credentials.*external ID/,
    ) as string,
  });
  expect(await assumedRole({ roleArn, externalId: 'reelway-7' })()).toMatchObject({
    sessionToken: expect.any(String) as string,
  });
});

it('tells a wrong key from an STS that is down, and asks again after it', async () => {
  const credentials = assumedRole({ roleArn });
  process.env.AWS_SECRET_ACCESS_KEY = 'another';
  await expect(credentials()).rejects.toMatchObject({ code: 'storage_forbidden', details: { status: 403 } });

  sts.fault = { status: 503, code: 'ServiceUnavailable' };
  await expect(credentials()).rejects.toMatchObject({ code: 'storage_unavailable' });
  expect(sts.given).toEqual([]);
});

it('holds nothing of the signed exchange in the failure', async () => {
  sts.roles.clear();
  const failure = await assumedRole({ roleArn })().catch((error: unknown) => error);
  expect(Object.keys((failure as Error).cause as object)).toEqual(['name']);
});
