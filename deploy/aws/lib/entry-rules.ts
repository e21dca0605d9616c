import * as logs from 'aws-cdk-lib/aws-logs';
import type * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import { RemovalPolicy } from 'aws-cdk-lib';
import { Construct } from 'constructs';

/** Paths that only INGEST_ALLOWED_IPS may call, as in the predecessor's API Gateway policy. */
const guardedPaths = ['/ingest', '/status'] as const;
/** requests of one address in five minutes */
const rateLimit = 2000;

/** The WAF before the HTTPS entry: a rate limit, AWS's rules against known bad input, and the allow-list. */
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
    const visible = (metricName: string) => ({
      cloudWatchMetricsEnabled: true,
      sampledRequestsEnabled: true,
      metricName,
    });
    const isGuarded = guardedPaths.map((path) => ({
      byteMatchStatement: {
        fieldToMatch: { uriPath: {} },
        positionalConstraint: 'STARTS_WITH',
        searchString: path,
        textTransformations: [
          { priority: 0, type: 'URL_DECODE' },
          { priority: 1, type: 'NORMALIZE_PATH' },
          { priority: 2, type: 'LOWERCASE' },
        ],
      },
    }));
    const acl = new wafv2.CfnWebACL(this, 'Rules', {
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      visibilityConfig: visible('entry'),
      rules: [
        {
          name: 'rate-limit',
          priority: 0,
          action: { block: { customResponse: { responseCode: 429 } } },
          statement: { rateBasedStatement: { limit: rateLimit, aggregateKeyType: 'IP' } },
          visibilityConfig: visible('rate-limit'),
        },
        {
          name: 'ingest-and-status-from-allowed-addresses-only',
          priority: 1,
          action: { block: {} },
          statement: {
            andStatement: {
              statements: [
                { orStatement: { statements: isGuarded } },
                { notStatement: { statement: { ipSetReferenceStatement: { arn: addresses.attrArn } } } },
              ],
            },
          },
          visibilityConfig: visible('allow-list'),
        },
        {
          name: 'known-bad-inputs',
          priority: 2,
          overrideAction: { none: {} },
          statement: { managedRuleGroupStatement: { vendorName: 'AWS', name: 'AWSManagedRulesKnownBadInputsRuleSet' } },
          visibilityConfig: visible('known-bad-inputs'),
        },
      ],
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
    });
  }
}
