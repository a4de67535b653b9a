import { iamGuide, inSpec, type RulePage } from "./rule-page.ts";

/** ESC-…, PASS-001: ways to permissions that the role was not granted. */
export const ESCALATION_PAGES: readonly RulePage[] = [
  {
    id: "ESC-*",
    title: "An escalation path",
    text: `Each path has an id with its first action: \`ESC-PutRolePolicy\`, \`ESC-AssumeRole\`, \`ESC-UpdateFunctionCode\`. The parts of a
path may be in different documents of the role. A path that ends at the function itself or at a resource of
its [Team](../manifests.md#team), or that the boundary blocks, is a warning. Another resource to run code in, such as a build project, a
job, an instance or a bucket from which tools deploy, must be one of \`controllableResources\` of the
[AwsAccount](../manifests.md#awsaccount): no manifest shows which role it has. To start a job of Batch or Glue, or to deploy a service of ECS, which can be given
another command, script or task definition, is a path only if the resource is not named exactly in the function's own account. If it is, and the namespace has no Team, that is a
warning: no one knows whose it is. A role to assume or to pass must be one of
\`assumableRoles\` or \`passableRoles\`; the roles of Grantkeeper and of functions can never be.`,
    fix: "remove one action of the path, or ask the platform team to list the one resource that the code needs",
    example: inSpec(
      `statements:
  - reason: self service
    statement:
      {
        Effect: Allow,
        Action: "iam:PutRolePolicy",
        Resource: "arn:aws:iam::222222222222:role/grantkeeper/orders-*",
      }`,
      `statements:
  - reason: reads its own policy
    statement:
      {
        Effect: Allow,
        Action: "iam:GetRolePolicy",
        Resource: "arn:aws:iam::222222222222:role/grantkeeper/orders-*",
      }`,
    ),
    sources: [
      "https://pathfinding.cloud",
      "https://rhinosecuritylabs.com/aws/aws-privilege-escalation-methods-mitigation/",
    ],
  },
  {
    id: "PASS-001",
    title: "Any role, or to any service",
    text: "`iam:PassRole` on `*`, by NotAction or NotResource, without `iam:PassedToService`, or on a role that is not one of `passableRoles` of the AwsAccount: the code could start something under a role that has more permissions.",
    fix: "name one role of `passableRoles`, and the service that it is for, under `iam:PassedToService`",
    example: inSpec(
      `statements:
  - reason: starts jobs
    statement:
      { Effect: Allow, Action: "iam:PassRole", Resource: "arn:aws:iam::222222222222:role/jobs/nightly" }`,
      `statements:
  - reason: starts jobs
    statement:
      Effect: Allow
      Action: "iam:PassRole"
      Resource: "arn:aws:iam::222222222222:role/jobs/nightly"
      Condition: { StringEquals: { "iam:PassedToService": ecs-tasks.amazonaws.com } }`,
    ),
    sources: [iamGuide("id_roles_use_passrole.html")],
  },
];
