import { iamGuide, inSpec, type RulePage } from "./rule-page.ts";

const RESOURCE = iamGuide("reference_policies_elements_resource.html");

const READS_UPLOADS = `statements:
  - reason: "ORD-77"
    statement: { Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::uploads/*" }`;

/** RES-…: which resources a statement names. */
export const RESOURCE_PAGES: readonly RulePage[] = [
  {
    id: "RES-001",
    title: "`*` where a resource could be named",
    text: "Actions that AWS cannot limit to a resource may have `*`, and so may actions whose requests need not name one, such as `translate:TranslateText`. Grants that need it give a reason ([grants](../grants.md)). If the condition requires a tag of the resource, it is a warning.",
    fix: "Name the resources; the hint has the form of their ARNs.",
    example: inSpec(
      `statements:
  - reason: "ORD-77"
    statement: { Effect: Allow, Action: "sqs:SendMessage", Resource: "*" }`,
      `grants:
  - sqs: { queue: orders-events, allow: [send] }`,
    ),
    sources: [RESOURCE],
  },
  {
    id: "RES-002",
    title: "An ARN that names nothing",
    text: "`arn:aws:s3:::*`, `arn:aws:sqs:*:*:*` and `table/*` mean the same as `*`, and nearly so does a name without two letters or digits before its first wildcard or variable: `secret:*-??????`, `arn:aws:s3:::*-*`, `${aws:PrincipalTag/team}`. A name in every region is a warning. `key/*` passes if the condition names the key by `kms:ResourceAliases`; so does the id that AWS gives to what the request creates, such as `snapshot/*` for `ec2:CreateSnapshot`. Grants that need a wildcard give a reason ([grants](../grants.md)).",
    fix: "Name the bucket, the queue, the table.",
    example: inSpec(
      `statements:
  - reason: "ORD-77"
    statement: { Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::*/*" }`,
      READS_UPLOADS,
    ),
    sources: [RESOURCE],
  },
  {
    id: "RES-003",
    title: "NotResource with Allow",
    text: "It allows every resource that it does not name.",
    fix: "List the resources under Resource.",
    example: inSpec(
      `statements:
  - reason: all but the archive
    statement: { Effect: Allow, Action: "s3:GetObject", NotResource: "arn:aws:s3:::archive/*" }`,
      READS_UPLOADS,
    ),
    sources: [iamGuide("reference_policies_elements_notresource.html")],
  },
];
