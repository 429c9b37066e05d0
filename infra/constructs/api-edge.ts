import { CfnOutput } from 'aws-cdk-lib';
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  HttpVersion,
  OriginRequestPolicy,
  ResponseHeadersPolicy,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { FunctionUrlOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import type { FunctionUrl } from 'aws-cdk-lib/aws-lambda';
import { CfnIPSet, CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import type { StageConfig } from '../stages.ts';
import { acknowledge } from './written-reasons.ts';

type Edge = NonNullable<StageConfig['api']['edge']>;

export interface ApiEdgeProps {
  readonly url: FunctionUrl;
  readonly edge: Edge;
}

/**
 * CloudFront with a firewall in front of the API. Only CloudFront may call the function's URL then, and it signs for
 * everybody, so the firewall refuses all addresses that the stage does not name.
 */
export class ApiEdge extends Construct {
  readonly distribution: Distribution;

  constructor(scope: Construct, id: string, { url, edge }: ApiEdgeProps) {
    super(scope, id);
    const firewall = new CfnWebACL(this, 'Firewall', {
      scope: 'CLOUDFRONT',
      defaultAction: { block: {} },
      visibilityConfig: visibility('Firewall'),
      rules: firewallRules(this, edge),
    });
    this.distribution = new Distribution(this, 'Distribution', {
      comment: 'Tagwright: the API',
      webAclId: firewall.attrArn,
      httpVersion: HttpVersion.HTTP2_AND_3,
      defaultBehavior: {
        origin: FunctionUrlOrigin.withOriginAccessControl(url),
        allowedMethods: AllowedMethods.ALLOW_ALL,
        cachePolicy: CachePolicy.CACHING_DISABLED,
        // The function is found by its own host name.
        originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
        responseHeadersPolicy: ResponseHeadersPolicy.SECURITY_HEADERS,
        viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
      },
    });
    const why = {
      'AwsSolutions-CFR1': 'Addresses are allowed one by one; where they are is of no interest.',
      'AwsSolutions-CFR3': "The function logs requests, without addresses; CloudFront's own logs would add a bucket of them.",
      'AwsSolutions-CFR4': "TLS 1.2 needs a certificate of one's own; CloudFront's default name takes older ones as well.",
    };
    for (const [rule, reason] of Object.entries(why)) acknowledge(this.distribution, rule, reason);
    new CfnOutput(this, 'Url', { value: `https://${this.distribution.domainName}/` });
  }
}

function firewallRules(scope: Construct, edge: Edge): CfnWebACL.RuleProperty[] {
  const allowed = new CfnIPSet(scope, 'Allowed', {
    scope: 'CLOUDFRONT',
    ipAddressVersion: 'IPV4',
    addresses: [...edge.allowedCidrs],
  });
  return [
    {
      name: 'rate',
      priority: 0,
      action: { block: { customResponse: { responseCode: 429 } } },
      statement: { rateBasedStatement: { limit: edge.requestsPerFiveMinutes, aggregateKeyType: 'IP' } },
      visibilityConfig: visibility('Rate'),
    },
    {
      name: 'known-bad-inputs',
      priority: 1,
      overrideAction: { none: {} },
      statement: { managedRuleGroupStatement: { vendorName: 'AWS', name: 'AWSManagedRulesKnownBadInputsRuleSet' } },
      visibilityConfig: visibility('KnownBadInputs'),
    },
    {
      name: 'allowed-addresses',
      priority: 2,
      action: { allow: {} },
      statement: { ipSetReferenceStatement: { arn: allowed.attrArn } },
      visibilityConfig: visibility('AllowedAddresses'),
    },
  ];
}

function visibility(metricName: string): CfnWebACL.VisibilityConfigProperty {
  // Sampled requests would keep bodies, and those are tweets.
  return { cloudWatchMetricsEnabled: true, metricName, sampledRequestsEnabled: false };
}
