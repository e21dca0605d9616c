import { describe, expect, it } from 'vitest';
import { digestSession, readChallenges } from './digest-auth.js';

describe('digest authentication', () => {
  // RFC 7616 §3.9.1
  const mufasa = { user: 'Mufasa', password: 'Circle of Life' };
  const cnonce = () => 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ';
  const rest =
    'realm="http-auth@example.org", qop="auth, auth-int", nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"';
  const cases = [
    { algorithm: 'MD5', response: '8ca523f5e9506fed4657c9700eebdbec' },
    { algorithm: 'SHA-256', response: '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1' },
  ];

  it.each(cases)('answers the challenge of RFC 7616 by $algorithm', ({ algorithm, response }) => {
    const session = digestSession(mufasa, cnonce);
    expect(session.authorize('GET', '/dir/index.html')).toBeUndefined();
    expect(session.challenged(`Digest ${rest}, algorithm=${algorithm}`, undefined)).toBe(true);
    expect(session.authorize('GET', '/dir/index.html')).toBe(
      `Digest username="Mufasa", realm="http-auth@example.org", uri="/dir/index.html", algorithm=${algorithm}, ` +
        'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", nc=00000001, ' +
        `cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", qop=auth, response="${response}", ` +
        'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"',
    );
  });

  it('takes the stronger of two challenges, in one header or joined from two', () => {
    const session = digestSession(mufasa, cnonce);
    session.challenged(`Basic realm="x", Digest ${rest}, algorithm=MD5, Digest ${rest}, algorithm=SHA-256`, undefined);
    expect(session.authorize('GET', '/dir/index.html')).toContain('algorithm=SHA-256');
  });

  it('speaks the older form without qop (RFC 2069)', () => {
    const session = digestSession({ user: 'Mufasa', password: 'CircleOfLife' }, cnonce);
    session.challenged('Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"', undefined);
    const header = session.authorize('GET', '/dir/index.html');
    // MD5(MD5(user:realm:password) : nonce : MD5(method:uri)), by another tool
    expect(header).toContain('response="1949323746fe6a43ef61f9606e7febea"');
    expect(header).not.toContain('nc=');
  });

  it('counts the uses of a nonce, starts anew with a stale one, and gives up when the same nonce is refused', () => {
    const session = digestSession(mufasa);
    expect(session.challenged('Digest realm="r", nonce="one", qop="auth"', undefined)).toBe(true);
    expect(session.authorize('GET', '/')).toContain('nc=00000001');
    const second = session.authorize('GET', '/');
    expect(second).toContain('nc=00000002');
    expect(session.challenged('Digest realm="r", nonce="two", qop="auth", stale=true', second)).toBe(true);
    const third = session.authorize('GET', '/');
    expect(third).toContain('nonce="two"');
    expect(third).toContain('nc=00000001');
    expect(session.challenged('Digest realm="r", nonce="two", qop="auth"', third)).toBe(false);
  });

  it('gives up when a fresh nonce comes without stale: the password was judged', () => {
    const session = digestSession(mufasa);
    session.challenged('Digest realm="r", nonce="one", qop="auth"', undefined);
    const sent = session.authorize('GET', '/');
    expect(session.challenged('Digest realm="r", nonce="two", qop="auth"', sent)).toBe(false);
  });

  it('cannot answer what it does not speak', () => {
    const session = digestSession(mufasa);
    for (const header of [undefined, '', 'Basic realm="x"', 'Digest realm="r"', 'Digest nonce="n", qop="auth-int"'])
      expect(session.challenged(header, undefined)).toBe(false);
    expect(session.challenged('Digest realm="r", nonce="n", algorithm=SHA-512-256', undefined)).toBe(false);
  });

  it('writes names that a quoted string cannot hold as RFC 8187 says, and escapes quotes', () => {
    const session = digestSession({ user: 'Jäsøn Doe', password: 'x' });
    session.challenged('Digest realm="a \\"b\\"", nonce="n", qop="auth"', undefined);
    const header = session.authorize('GET', '/');
    expect(header).toContain("username*=UTF-8''J%C3%A4s%C3%B8n%20Doe");
    expect(header).toContain('realm="a \\"b\\""');
  });
});

describe('reading challenges', () => {
  const cases: { header: string; schemes: string[] }[] = [
    { header: '', schemes: [] },
    { header: 'Basic realm="simple"', schemes: ['basic'] },
    { header: 'Digest realm="a, b=c", nonce=n, Basic realm=x', schemes: ['digest', 'basic'] },
    { header: 'realm="no scheme"', schemes: [] },
    { header: 'Digest realm="unterminated', schemes: ['digest'] },
    { header: `Digest realm="${'x'.repeat(100_000)}`, schemes: ['digest'] },
    { header: '"""""===,,,,', schemes: [] },
  ];
  it.each(cases)('$header', ({ header, schemes }) => {
    expect(readChallenges(header).map(({ scheme }) => scheme)).toEqual(schemes);
  });
});
