import * as logs from 'aws-cdk-lib/aws-logs';
import type * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import { RemovalPolicy } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { allOf, anyOf, hasHeader, isBelow, not, type Statement } from './waf-statements.js';

/** Paths that only INGEST_ALLOWED_IPS may call, as in the predecessor's API Gateway policy. */
const guarded = isBelow('/ingest', '/status');

/**
 * Requests of one address in five minutes. All who sit behind the address translation of a campus are one address, and so are Zoom's few machines: playback,
 * where thousands of viewers fetch a segment every few seconds, is not counted at all.
 */
const limits = {
  /** Where somebody could try secrets, or make work without having one. A header that only looks like a secret leads to the limit below. */
  'rate-of-strangers': {
    limit: 1000,
    counts: anyOf(
      guarded,
      isBelow('/schedule_update', '/api/session'),
      allOf(isBelow('/api/', '/mediapackage-vod/'), not(hasHeader('authorization')), not(hasHeader('cookie'))),
    ),
  },
  /** 200 a second throughout: as many webhooks as `npm run bench:webhooks` has a small server acknowledge. */
  'rate-outside-playback': { limit: 60_000, counts: not(isBelow('/out/', '/media/')) },
} as const;

/** Headers that are secrets, or hold them: tokens, signed-in browsers, CDN authorization. */
const secretHeaders = ['authorization', 'cookie', 'x-mediapackage-cdnidentifier'] as const;

/** The WAF before the HTTPS entry: limits of rates where they help, AWS's rules against known bad input, and the allow-list. */
export class EntryRules extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { entry, allowed }: { entry: elb.ApplicationLoadBalancer; allowed: readonly string[] },
  ) {
    super(scope, id);
    const addresses = new wafv2.CfnIPSet(this, 'Allowed', {
      scope: 'REGIONAL',
      ipAddressVersion: 'IPV4',
      addresses: [...allowed],
    });
    const fromAllowed: Statement = { ipSetReferenceStatement: { arn: addresses.attrArn } };
    const rates = Object.entries(limits).map(([name, { limit, counts }]) => ({
      name,
      action: { block: { customResponse: { responseCode: 429 } } },
      statement: { rateBasedStatement: { limit, aggregateKeyType: 'IP', scopeDownStatement: counts } },
    }));
    const acl = new wafv2.CfnWebACL(this, 'Rules', {
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      visibilityConfig: visible('entry'),
      rules: [
        ...rates,
        {
          name: 'ingest-and-status-from-allowed-addresses-only',
          action: { block: {} },
          statement: allOf(guarded, not(fromAllowed)),
        },
        {
          name: 'known-bad-inputs',
          overrideAction: { none: {} },
          statement: { managedRuleGroupStatement: { vendorName: 'AWS', name: 'AWSManagedRulesKnownBadInputsRuleSet' } },
        },
      ].map((rule, priority) => ({ ...rule, priority, visibilityConfig: visible(rule.name) })),
    });
    new wafv2.CfnWebACLAssociation(this, 'OnEntry', { resourceArn: entry.loadBalancerArn, webAclArn: acl.attrArn });
    // The name of a WAF's log group has to begin so.
    const group = new logs.LogGroup(this, 'Log', {
      logGroupName: `aws-waf-logs-${this.node.addr.slice(-12)}`,
      retention: logs.RetentionDays.SIX_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    new wafv2.CfnLoggingConfiguration(this, 'Logging', {
      resourceArn: acl.attrArn,
      logDestinationConfigs: [group.logGroupArn],
      redactedFields: secretHeaders.map((name) => ({ singleHeader: { Name: name } })),
    });
  }
}

function visible(metricName: string): wafv2.CfnWebACL.VisibilityConfigProperty {
  return { cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true, metricName };
}
