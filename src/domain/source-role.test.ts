import { describe, expect, it } from 'vitest';
import { isRolePattern, roleToAssume } from './source-role.js';

const role = 'arn:aws:iam::123456789012:role/media/read';
const asset = { source: 's3://media/a.m3u8', sourceRoleArn: role };

describe('the role that a request names for its source', () => {
  it('is assumed when it is listed, whole or by its start', () => {
    expect(roleToAssume(asset, [role])).toBe(role);
    expect(roleToAssume(asset, ['arn:aws:iam::123456789012:role/media/*'])).toBe(role);
  });

  it('is not assumed where no list is, where the request names none, and for what does not lie in S3', () => {
    expect(roleToAssume(asset, [])).toBeUndefined();
    expect(roleToAssume({ source: asset.source }, [role])).toBeUndefined();
    expect(roleToAssume({ ...asset, source: 'https://a/b.m3u8' }, [role])).toBeUndefined();
  });

  it.each([
    'arn:aws:iam::123456789012:role/media/reader',
    'arn:aws:iam::210987654321:role/media/read',
    'arn:aws:iam::123456789012:user/media',
    '',
  ])('is refused when it is not listed: %j', (sourceRoleArn) => {
    expect(() => roleToAssume({ ...asset, sourceRoleArn }, [role])).toThrow(
      expect.objectContaining({ code: 'source_forbidden' }),
    );
  });

  it('is refused when it begins as a listed one does and is no role', () => {
    expect(() => roleToAssume({ ...asset, sourceRoleArn: `${role} ` }, [`${role}*`])).toThrow('may not be named');
  });
});

it.each([
  ['arn:aws:iam::123456789012:role/x', true],
  ['arn:aws-cn:iam::123456789012:role/x*', true],
  ['arn:aws:iam::123456789012:role/*', true],
  ['arn:aws:iam::*', false],
  ['*', false],
  ['arn:aws:iam::123456789012:role/a*b', false],
])('tells patterns that stay within one account: %s', (pattern, expected) => {
  expect(isRolePattern(pattern)).toBe(expected);
});
