import { randomUUID } from "node:crypto";
import { documentText } from "../src/iam/read/print.ts";
import { TRUST_DOCUMENT } from "../src/iam/trust.ts";
import type { CompiledDocument, DesiredBinding } from "../src/model/desired.ts";
import type { Tag } from "../src/model/aws/tag.ts";
import { accountOf, addAccessKey, addRole, type AccessKey, type WorldState } from "../src/simulator/world.ts";

/** A console user of the account; the key has the permissions of an administrator. */
export function seedConsoleUser(world: WorldState, accountId: string): AccessKey {
  return addAccessKey(world, { accountId, principalArn: `arn:aws:iam::${accountId}:root` });
}

/** The role and callers as declared in Git, created by an earlier run of this installation. */
export function seedConverged(world: WorldState, binding: DesiredBinding): void {
  const { accountId, role } = binding;
  addRole(world, {
    accountId,
    name: role.name,
    path: role.path,
    trust: TRUST_DOCUMENT,
    description: role.description,
    maxSessionSeconds: role.maxSessionSeconds,
    tags: tagsOf(role.tags),
    inline: { grantkeeper: textOf(role.inline) },
    attached: role.attachments.map((attachment) => attachment.arn),
    ...(role.boundary !== null && { boundaryArn: role.boundary.arn }),
  });
  for (const caller of binding.callers) seedStatement(world, binding, caller.qualifier, caller.statement);
}

/** A statement of the function's resource policy, from any author. */
export function seedStatement(
  world: WorldState,
  binding: DesiredBinding,
  qualifier: string | null,
  statement: object,
): void {
  const found = accountOf(world, binding.accountId).lambda[binding.region]?.functions[binding.functionName];
  if (found === undefined) throw new Error(`function ${binding.functionName} is not in this world`);
  const at = qualifier ?? "$LATEST";
  const before = found.policies[at]?.document["Statement"];
  const statements = Array.isArray(before) ? [...(before as unknown[]), statement] : [statement];
  const document = { Version: "2012-10-17", Id: "default", Statement: statements };
  found.policies[at] = { revisionId: randomUUID(), document };
}

function textOf(document: CompiledDocument): string {
  return documentText(document.statements.map((one) => one.statement));
}

function tagsOf(tags: readonly Tag[]): Readonly<Record<string, string>> {
  return Object.fromEntries(tags.map((tag) => [tag.key, tag.value]));
}
