import type { Identity } from "../../src/aws/calls.ts";
import { AWS_CALLS, permissionFor, requiredPermissions } from "../../src/aws/permissions.ts";
import { laidOut, type Page } from "./page.ts";

const IDENTITIES: readonly (readonly [Identity, string])[] = [
  ["base", "the process itself: it can only become the others"],
  ["observer", "reads"],
  ["writer", "writes roles, policies and invoke permissions; not needed in observe"],
  ["binder", "sets a function's role; only with `functionRole: manage`"],
];

/** From the table that the code itself uses. */
export const permissionsPage: Page = { path: "docs/aws-permissions.md", text: () => laidOut(text()) };

function text(): string {
  const head = `# AWS permissions of Grantkeeper

Generated from \`src/aws/permissions.ts\` by \`tools/write-docs.ts\`: not edited by hand.

Every call to AWS that Grantkeeper makes stands here, with the permission that it needs. Four identities, each with
only its own; observer, writer and binder exist once an account and are assumed with an external id of their own.
PARTITION, ACCOUNT and ROLE stand for an account's own values. Narrow the resources of writer and binder, and add the
conditions on tags and boundary, as your platform wants it: the table says what is needed, not the most that may be
given.
`;
  const sections = IDENTITIES.map(([identity, purpose]) => section(identity, purpose));
  return [head, ...sections].join("\n");
}

function section(identity: Identity, purpose: string): string {
  const calls = AWS_CALLS.filter((call) => permissionFor(call).identity === identity);
  const rows = calls.map((call) => {
    const { also, resource, why } = permissionFor(call);
    const besides = also.map((each) => `${each.action} on \`${each.resource}\``).join(", ");
    return `| ${call} | \`${resource}\` | ${besides === "" ? "" : besides} | ${why} |`;
  });
  return `## ${identity}: ${purpose}

| Call and permission | On | Besides | Why |
| --- | --- | --- | --- |
${rows.join("\n")}

\`\`\`json
${policyText(identity)}
\`\`\`
`;
}

/** One statement a resource, so that the policy is short. */
function policyText(identity: Identity): string {
  const byResource = new Map<string, string[]>();
  for (const { action, resource } of requiredPermissions(identity))
    byResource.set(resource, [...(byResource.get(resource) ?? []), action]);
  const statements = [...byResource.keys()].sort().map((resource) => {
    return { Effect: "Allow", Action: byResource.get(resource), Resource: resource };
  });
  return JSON.stringify({ Version: "2012-10-17", Statement: statements }, null, 2);
}
