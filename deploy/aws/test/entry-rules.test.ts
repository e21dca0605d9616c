import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { synthesize, textOf } from './synthesize.js';

interface Request {
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly from?: string;
}

/** Does a statement of the template hold for a request? As AWS WAF says: https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statements.html */
function holds(statement: Record<string, any>, request: Request): boolean {
  const [[kind, value]] = Object.entries(statement) as [[string, any]];
  switch (kind) {
    case 'AndStatement':
      return value.Statements.every((each: object) => holds(each, request));
    case 'OrStatement':
      assert.ok(value.Statements.length > 1, 'AWS refuses an OR of one');
      return value.Statements.some((each: object) => holds(each, request));
    case 'NotStatement':
      return !holds(value.Statement, request);
    case 'ByteMatchStatement':
      assert.deepEqual([value.FieldToMatch, value.PositionalConstraint], [{ UriPath: {} }, 'STARTS_WITH']);
      return transformed(request.path, value.TextTransformations).startsWith(value.SearchString);
    case 'SizeConstraintStatement':
      assert.deepEqual([value.ComparisonOperator, value.Size], ['GT', 0]);
      return (request.headers?.[value.FieldToMatch.SingleHeader.Name] ?? '') !== '';
    case 'IPSetReferenceStatement':
      return request.from === 'allowed';
    default:
      throw new Error(`not a statement of ours: ${kind}`);
  }
}

function transformed(path: string, transformations: readonly { Type: string; Priority: number }[]): string {
  const steps: Record<string, (text: string) => string> = {
    URL_DECODE: decodeURIComponent,
    NORMALIZE_PATH: (text) => new URL(text.replaceAll(/\/+/g, '/'), 'http://a').pathname,
    LOWERCASE: (text) => text.toLowerCase(),
  };
  const inOrder = [...transformations].sort((a, b) => a.Priority - b.Priority);
  return inOrder.reduce((text, { Type }) => steps[Type]!(text), path);
}

describe('the rules of the entry', () => {
  const template = synthesize();
  const [acl] = Object.values(template.findResources('AWS::WAFv2::WebACL'));
  const rules: Record<string, any>[] = acl!.Properties.Rules;
  const rates = rules.filter(({ Statement }) => Statement.RateBasedStatement);
  /** Requests of an address in five minutes after which this one is answered 429; undefined: it is not counted. */
  const limitOf = (request: Request): number | undefined => {
    const counting = rates
      .map(({ Statement }) => Statement.RateBasedStatement)
      .filter(({ ScopeDownStatement }) => holds(ScopeDownStatement, request));
    return counting.length > 0 ? Math.min(...counting.map(({ Limit }) => Limit)) : undefined;
  };

  it('write no secret into their log', () => {
    const [logging] = Object.values(template.findResources('AWS::WAFv2::LoggingConfiguration'));
    const redacted = logging!.Properties.RedactedFields?.map((field: any) => field.SingleHeader?.Name);
    assert.deepEqual(redacted, ['authorization', 'cookie', 'x-mediapackage-cdnidentifier']);
  });

  it('are asked before everything, each in its turn', () => {
    template.resourceCountIs('AWS::WAFv2::WebACLAssociation', 1);
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', { Port: 443, Protocol: 'HTTPS' });
    assert.equal(rates.length, 2);
    assert.deepEqual(
      rules.map(({ Priority }) => Priority),
      rules.map((_, index) => index),
    );
    for (const { Action } of rates) assert.equal(Action.Block.CustomResponse.ResponseCode, 429);
  });

  it('do not count playback: a campus is one address', () => {
    for (const path of ['/out/v1/0123/index.m3u8', '/media/a/b.mp4']) assert.equal(limitOf({ path }), undefined, path);
  });

  it('bound everything else, whatever secret a request seems to have', () => {
    const seeming: Record<string, string>[] = [{ authorization: 'Bearer guess' }, { cookie: 'reelway=guess' }];
    for (const headers of seeming) assert.equal(limitOf({ path: '/api/jobs', headers }), 60_000);
    for (const path of ['/', '/assets/index.js', '/healthz', '/out/../api-docs', '/output'])
      assert.equal(limitOf({ path }), 60_000, path);
  });

  it('let few requests in where somebody could try secrets, or make work without one', () => {
    for (const path of [
      '/ingest',
      '/INGEST',
      '/%69ngest',
      '/a/../status',
      '/schedule_update',
      '/api/jobs',
      '/mediapackage-vod/assets',
    ])
      assert.equal(limitOf({ path }), 1000, path);
    for (const path of ['/api/session', '/api/session/oidc/callback'])
      assert.equal(limitOf({ path, headers: { cookie: 'reelway=guess', authorization: 'Bearer guess' } }), 1000, path);
  });

  it('let in all that Zoom and Slack send from their few addresses', () => {
    for (const path of ['/new_recording', '/slack']) assert.equal(limitOf({ path }), 60_000, path);
  });

  it('let only allowed addresses call /ingest and /status', () => {
    template.hasResourceProperties('AWS::WAFv2::IPSet', { Addresses: ['192.0.2.0/24'] });
    const blocking = rules.find(({ Name }) => Name.includes('allowed-addresses'))!;
    assert.deepEqual(blocking.Action, { Block: {} });
    const isBlocked = (request: Request) => holds(blocking.Statement, request);
    for (const path of ['/ingest', '/status?seconds=60', '/x/..//status', '/%49ngest']) {
      assert.equal(isBlocked({ path, from: 'elsewhere' }), true, path);
      assert.equal(isBlocked({ path, from: 'allowed' }), false, path);
    }
    assert.equal(isBlocked({ path: '/new_recording', from: 'elsewhere' }), false);
    assert.match(textOf(acl!.Properties.Rules.at(-1).Name), /known-bad/);
  });
});
