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
    text: "Actions that AWS cannot limit to a resource may have `*`, and so may actions whose requests need not name one, such as `translate:TranslateText`. Grants that need it give a reason ([grants](../grants.md)). If the condition requires a tag of the resource, it is a warning. Every ManagedPolicy is judged at its own manifest, and an attached policy of the account that no manifest declares as it is in AWS. Policies of AWS answer to ACT-001, ATT-001 and the rules about complete roles instead (ESC-…, PASS-001, CRED-001, EXF-001, EXP-001, TMP-001): most of them have `*` for reading, and no team can change them.",
    fix: "name the resources by their ARNs, such as arn:aws:sqs:eu-west-1:111122223333:orders-events",
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
    fix: "name the bucket, the queue, the table",
    example: inSpec(
      `statements:
  - reason: "ORD-77"
    statement: { Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::*/*" }`,
      READS_UPLOADS,
    ),
    sources: [RESOURCE],
  },
  {
    id: "RES-004",
    title: "A name that matches its siblings",
    text: "A name that ends in a star after a letter or digit: `function:orders*` matches `orders`, and `orders-admin` and `ordersarchive` too. The message lists the names that are known: functions and roles from AWS, everything else from the manifests alone. A team with a [Team](../manifests.md#team) sees the names of its own and of shared resources only. The key of an object, the path of a parameter and the characters that AWS appends to a secret are no siblings. `logs.groupPrefix` is such a name too: the function can write into the log groups of other functions.",
    fix: "name the one resource, or end the name with a separator before the star; remove `logs.groupPrefix`, since by default a function writes to its own log group",
    example: inSpec(
      `statements:
  - reason: calls
    statement:
      {
        Effect: Allow,
        Action: "lambda:InvokeFunction",
        Resource: "arn:aws:lambda:eu-west-1:222222222222:function:pricing*",
      }`,
      `grants:
  - lambda: { function: pricing, allow: [invoke] }`,
    ),
    sources: [RESOURCE],
  },
  {
    id: "RES-006",
    title: "A resource that does not exist",
    text: "A function, role or policy of the account that a complete reading of AWS does not have, and that no manifest declares: a misspelt name, or a permission that is left over. If a part of the account was not read, nothing counts as missing. Resources of other services are not read, so they are not judged, and neither are those that a [Team](../manifests.md#team) does not allow: TEN-004 refuses them.",
    fix: "correct the name, or remove the resource",
    example: {
      form: "live",
      given: null,
      severity: null,
      bad: `grants:
  - lambda: { function: pricing, allow: [invoke] }
functions:
  orders-api: role/grantkeeper/orders-api-eu-west-1`,
      good: `grants:
  - lambda: { function: pricing, allow: [invoke] }
functions:
  orders-api: role/grantkeeper/orders-api-eu-west-1
  pricing: role/grantkeeper/pricing-eu-west-1`,
    },
    sources: [RESOURCE],
  },
  {
    id: "RES-003",
    title: "NotResource with Allow",
    text: "It allows every resource that it does not name.",
    fix: "list the resources under Resource",
    example: inSpec(
      `statements:
  - reason: all but the archive
    statement: { Effect: Allow, Action: "s3:GetObject", NotResource: "arn:aws:s3:::archive/*" }`,
      READS_UPLOADS,
    ),
    sources: [iamGuide("reference_policies_elements_notresource.html")],
  },
];
