import { stringify } from "yaml";
import {
  callerReference,
  grantReference,
  ownReference,
  type CallerReference,
  type GrantReference,
} from "../../src/manifest/schema/reference.ts";
import { verbOfCompanion } from "../../src/model/rules/team.ts";
import type { Json, JsonObject } from "../../src/model/values/json.ts";
import { code, fieldRows, table } from "./fields.ts";
import { laidOut, type Page } from "./page.ts";

type Expansion = GrantReference["examples"][number]["expansions"][number];

export const grantsPage: Page = { path: "docs/grants.md", text: () => laidOut(text()) };

function text(): string {
  const grants = grantReference();
  const callers = callerReference();
  return [
    HEAD,
    `Grants: ${grants.map(({ grant }) => `[${grant}](#${grant.toLowerCase()})`).join(" · ")}.`,
    `Callers: ${callers.map(({ caller }) => `[${caller}](#from-${caller.toLowerCase()})`).join(" · ")}.`,
    "## Grants",
    ...grants.flatMap(grantText),
    OWN,
    ...ownReference().flatMap(({ field, expansions }) => [`### ${code(field)}`, meansTable(expansions)]),
    CALLERS,
    ...callers.flatMap(callerText),
  ].join("\n\n");
}

const HEAD = `# Grants and callers

Generated from the catalogues in \`src/manifest/grants/\` and \`src/manifest/callers/\` by \`tools/write-docs.ts\`: not edited
by hand.

The exact IAM of each entry of \`grants\` and \`invokedBy\`, for account 111122223333 and region eu-west-1. If a field takes
a name or an ARN, a name refers to the binding's own account and region. In a ManagedPolicy, which has no region, regional
resources are full ARNs. In addition to its one service, an entry of \`grants\` takes \`until\` and \`reason\`, and an entry of
\`invokedBy\` takes \`qualifier\` and \`reason\` ([manifests](manifests.md)).

\`allow\` lists verbs and single actions, as in \`allow: [read, PutItem]\`. A single action is written as in IAM, without its
service, and compiles to exactly the rows that its verb has for it: its resources, its conditions and the use of
\`kmsKey\`. An action of several verbs, such as \`GetQueueAttributes\`, counts as one of the verb whose other actions are
listed too. An action next to a verb that contains it is an error, and so is an action that no verb of the grant contains:
write it under \`spec.statements\`. A Team, a share and a preapproval that name a verb admit each of its actions,
and \`kmsKey\` if the verb itself uses the key in that way.

\`grantkeeper render orders/orders-api\` prints the same for your own manifests.`;

const OWN = `## What a function has of itself

\`logs\` is granted unless the manifest has \`logs: false\`; \`tracing\` and \`vpc\` if they are true.`;

const CALLERS = `## Callers

Each is one statement of the function's resource policy, written with \`lambda:AddPermission\`.

For a caller that is not in this list, write the statement itself, with a reason. It has one principal, one action
(\`lambda:InvokeFunction\` or \`lambda:InvokeFunctionUrl\`) and only conditions that \`lambda:AddPermission\` takes: \`ArnLike\`
on \`aws:SourceArn\`; \`StringEquals\` on \`aws:SourceAccount\`, \`aws:PrincipalOrgID\`, \`lambda:EventSourceToken\` and
\`lambda:FunctionUrlAuthType\`; \`Bool\` on \`lambda:InvokedViaFunctionUrl\`. Leave out \`Resource\`: it is the function. The
[rules](guardrails.md) for callers apply to it.

${fenced(
  "yaml",
  [
    "- statement:",
    "    Effect: Allow",
    "    Principal: {Service: transfer.amazonaws.com}",
    "    Action: lambda:InvokeFunction",
    '    Condition: {ArnLike: {"aws:SourceArn": "arn:aws:transfer:eu-west-1:111122223333:server/s-0123456789abcdef0"}}',
    '  reason: "ORD-77: no caller for Transfer Family yet"',
  ].join("\n"),
)}`;

function grantText({ grant, fields, verbs, examples }: GrantReference): readonly string[] {
  return [
    `### ${grant}`,
    fieldsTable(fields),
    table(
      ["`allow`", "Lets the function", "Mind", "Single actions"],
      verbs.map(({ verb, allows, leavesOut, actions }) => [
        code(verb),
        allows,
        leavesOut ?? "",
        actions.map(code).join(" "),
      ]),
    ),
    ...examples.flatMap(({ written, expansions }) => [yaml(grant, written), meansTable(expansions)]),
  ];
}

function callerText({ caller, allows, fields, examples }: CallerReference): readonly string[] {
  return [
    `### from ${caller}`,
    `Lets in ${allows}.`,
    fieldsTable(fields),
    ...examples.flatMap(({ written, permissions }) => [
      yaml(caller, written),
      fenced("json", permissions.map((permission) => JSON.stringify(permission, null, 2)).join("\n")),
    ]),
  ];
}

function fieldsTable(fields: Json): string {
  const rows = fieldRows(fields as JsonObject, "", new Set());
  return table(
    ["Field", "", "Form"],
    rows.map(({ path, isRequired, form }) => [
      code(path),
      isRequired ? "required" : "",
      path === "allow" ? "list of verbs and single actions, as below" : form,
    ]),
  );
}

function meansTable(expansions: readonly Expansion[]): string {
  const rows = expansions.map(({ verb, only, effect, actions, resources, condition, wildcardReason }) => [
    only === undefined || verbOfCompanion(verb) !== null ? verb : only.map(({ name }) => name).join(", "),
    effect,
    actions.map(code).join("<br>"),
    resources.map(code).join("<br>"),
    condition === null ? (wildcardReason ?? "") : code(condition as Json),
  ]);
  return table(["", "Effect", "Actions", "Resources", "Condition, or why `*`"], rows);
}

/** One entry of a list, as a manifest has it. */
function yaml(name: string, written: Json): string {
  const fields = stringify(written, { collectionStyle: "flow", lineWidth: 0 }).trimEnd();
  return fenced("yaml", `- ${name}: ${fields}`);
}

function fenced(language: string, body: string): string {
  return ["```" + language, body, "```"].join("\n");
}
