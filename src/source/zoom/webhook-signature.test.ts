import { describe, expect, it } from 'vitest';
import { signatureOf, validationAnswer, verifySignature, type SignedRequest } from './webhook-signature.js';

// Zoom's published vectors.
const secret = 'barbaz67890';
const timestamp = '1654503850';
const text = '{"event":"endpoint.url_validation","payload":{"plainToken":"foobar12345"},"event_ts":1654503849680}';
const signature = 'v0=05374dccbafcddf1fb53ab19ca974c021e03d76ee7c08889cc06e0b5fe5ce475';
const now = 1_654_503_850_000;

function verify(
  change: Partial<SignedRequest> = {},
  rules: { secrets?: string[]; window?: number; now?: number } = {},
) {
  return verifySignature(
    { body: Buffer.from(text), signature, timestamp, ...change },
    { secrets: [secret], window: 300, now, ...rules },
  );
}

describe("Zoom's signature", () => {
  it('is the one of the published vectors', () => {
    expect(signatureOf(secret, timestamp, text)).toBe(signature);
    expect(verify()).toEqual({ kind: 'valid', secret });
    expect(validationAnswer('foobar12345', secret)).toEqual({
      plainToken: 'foobar12345',
      encryptedToken: 'aaca35ce2b1ee8e81c06c0e8c9841f4870bfa2b29b1812688459cf5d6cbdb5df',
    });
  });

  it('holds for any of several secrets, and says which', () => {
    expect(verify({}, { secrets: ['another', secret, 'one-more'] })).toEqual({ kind: 'valid', secret });
    expect(verify({}, { secrets: ['another'] })).toEqual({ kind: 'invalid' });
    expect(verify({}, { secrets: [] })).toEqual({ kind: 'invalid' });
  });

  it.each<[string, Partial<SignedRequest>]>([
    ['no signature', { signature: undefined }],
    ['no timestamp', { timestamp: undefined }],
    ['a timestamp that is none', { timestamp: 'now' }],
    ['another timestamp', { timestamp: '1654503851' }],
    ['another spelling of the same JSON', { body: Buffer.from(text.replace(':', ': ')) }],
    ['an empty signature', { signature: '' }],
    ['another version', { signature: signature.replace('v0', 'v1') }],
    ['half of it', { signature: signature.slice(0, 20) }],
    ['characters beyond ASCII', { signature: `é${signature.slice(2)}` }],
    ['capitals', { signature: signature.toUpperCase() }],
  ])('is refused with %s', (_, change) => {
    expect(verify(change)).toEqual({ kind: 'invalid' });
  });

  it('is stale outside the window, on either side of our clock, and known as right', () => {
    expect(verify({}, { now: now + 300_000 }).kind).toBe('valid');
    expect(verify({}, { now: now + 301_000 })).toEqual({ kind: 'stale', ageSeconds: 301 });
    expect(verify({}, { now: now - 301_000 })).toEqual({ kind: 'stale', ageSeconds: -301 });
    expect(verify({}, { now: now + 4_000_000, window: 5000 }).kind).toBe('valid');
    expect(verify({ signature: 'v0=1' }, { now: now + 301_000 })).toEqual({ kind: 'invalid' });
  });
});
