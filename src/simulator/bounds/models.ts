import cloudformation from "./cloudformation.json" with { type: "json" };
import cloudtrail from "./cloudtrail.json" with { type: "json" };
import events from "./events.json" with { type: "json" };
import iam from "./iam.json" with { type: "json" };
import lambda from "./lambda.json" with { type: "json" };
import organizations from "./organizations.json" with { type: "json" };
import sqs from "./sqs.json" with { type: "json" };
import ssm from "./ssm.json" with { type: "json" };
import sts from "./sts.json" with { type: "json" };
import tagging from "./resourcegroupstaggingapi.json" with { type: "json" };
import type { Bounds } from "./shape.ts";

/** From AWS's published models; tools/write-bounds.ts writes the files. */
export const CLOUDFORMATION_BOUNDS = cloudformation as Bounds;
export const CLOUDTRAIL_BOUNDS = cloudtrail as Bounds;
export const EVENTS_BOUNDS = events as Bounds;
export const IAM_BOUNDS = iam as Bounds;
export const LAMBDA_BOUNDS = lambda as Bounds;
export const ORGANIZATIONS_BOUNDS = organizations as Bounds;
export const SQS_BOUNDS = sqs as Bounds;
export const SSM_BOUNDS = ssm as Bounds;
export const STS_BOUNDS = sts as Bounds;
export const TAGGING_BOUNDS = tagging as Bounds;
