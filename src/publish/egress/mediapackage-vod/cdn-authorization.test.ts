import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AwsError } from '../../../../test/support/aws-listener.js';
import { secretArn } from '../../../../test/support/mediapackage-server.js';
import { mediaPackageUnderTest } from './mediapackage-under-test.case.js';

const under = mediaPackageUnderTest();
const { faults, harvestHls } = under;

/** The group has CDN authorization. */
function guardedBy(identifier: string): void {
  const roleArn = 'arn:aws:iam::123456789012:role/r';
  under.aws.group = { id: 'group', authorization: { cdnIdentifierSecret: secretArn, secretsRoleArn: roleArn } };
  under.aws.secret = JSON.stringify({ MediaPackageCDNIdentifier: identifier });
  under.aws.identifier = identifier;
}

describe('an endpoint of MediaPackage VOD', () => {
  it('behind CDN authorization is read with the secret, which is read again once it is refused, and stands nowhere', async () => {
    const identifiers = ['first-identifier-11', 'second-identifier-22'];
    const secretOf = (value: string | undefined) => JSON.stringify({ MediaPackageCDNIdentifier: value });
    under.aws.group = {
      id: 'group',
      authorization: { cdnIdentifierSecret: secretArn, secretsRoleArn: 'arn:aws:iam::123456789012:role/r' },
    };
    under.aws.secret = secretOf(identifiers[0]);
    under.aws.identifier = identifiers[1]; // rotated meanwhile
    under.aws.rotatedSecret = secretOf(identifiers[1]);
    const result = await harvestHls();
    expect(result.status).toBe('complete');
    expect(under.aws.secretReads).toBe(2);
    const inventory = await readFile(join(under.folder, 'vod/lecture/hls/.reelway/inventory.json'), 'utf8');
    for (const value of identifiers) expect(inventory + JSON.stringify(result)).not.toContain(value);
  });

  it('behind CDN authorization is read with the secret of before, too, while MediaPackage has not noticed a rotation', async () => {
    guardedBy('identifier-of-before-1');
    under.aws.previousSecret = under.aws.secret;
    under.aws.secret = JSON.stringify({ MediaPackageCDNIdentifier: 'identifier-of-now-22' });
    expect(await harvestHls()).toMatchObject({ status: 'complete' });
    expect(under.aws.secretReads).toBe(3);
  });

  it('that refuses the only version of the secret is forbidden', async () => {
    guardedBy('an-identifier-of-the-tests');
    under.aws.identifier = 'another-identifier-1';
    await expect(harvestHls()).rejects.toMatchObject({ code: 'source_forbidden' });
  });

  it('behind CDN authorization is harvested while MediaPackage and Secrets Manager throttle', async () => {
    guardedBy('an-identifier-of-the-tests');
    const left = faults([429, 'TooManyRequestsException'], [400, 'ThrottlingException']);
    expect(await harvestHls()).toMatchObject({ status: 'complete' });
    expect(left).toEqual([]);
  });

  it('whose secret may not be read is refused with the name of the secret and what AWS says', async () => {
    guardedBy('an-identifier-of-the-tests');
    under.aws.fault = ({ operation }) =>
      operation === 'GetSecretValue' ? new AwsError(400, 'AccessDeniedException', 'not authorized') : undefined;
    await expect(harvestHls()).rejects.toMatchObject({
      code: 'mediapackage_refused',
      message: expect.stringMatching(/read the secret arn:\S+ of the packaging group "group": AccessDenied/) as string,
    });
  });

  it.each([
    ['is no JSON', 'plain-identifier'],
    ['has another key', '{"X-MediaPackage-CDNIdentifier":"plain-identifier"}'],
    ['is too short', '{"MediaPackageCDNIdentifier":"short"}'],
  ])('whose secret %s is refused without saying it', async (_name, secret) => {
    under.aws.group = { id: 'group', authorization: { cdnIdentifierSecret: secretArn, secretsRoleArn: 'x' } };
    under.aws.secret = secret;
    const failure = await harvestHls().catch((error: unknown) => error as Error);
    expect(failure).toMatchObject({ code: 'mediapackage_refused' });
    expect((failure as Error).message).not.toMatch(/plain-identifier|short/);
  });
});
