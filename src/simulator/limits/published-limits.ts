import type { Rates } from "./throttle.ts";

/**
 * Requests a second that AWS publishes, each of one account and region. A bucket holds those of one second. IAM and STS
 * publish none, so they are not throttled.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html
 * @see https://docs.aws.amazon.com/general/latest/gr/ssm.html
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
 */
export const PUBLISHED_LIMITS: Rates = {
  "lambda:GetFunction": { perSecond: 100, burst: 100 },
  "lambda:GetPolicy": { perSecond: 15, burst: 15 },
  lambda: { perSecond: 15, burst: 15 },
  "cloudtrail:LookupEvents": { perSecond: 2, burst: 2 },
  events: { perSecond: 50, burst: 50 },
  "ssm:GetParameters": { perSecond: 40, burst: 40 },
  "tag:GetResources": { perSecond: 15, burst: 15 },
};
