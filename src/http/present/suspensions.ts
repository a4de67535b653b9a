import { statementInId } from "../../model/aws/arns/statement-id.ts";
import type { SuspensionObject } from "../../api/commands.ts";
import type { OrphanObject } from "../../api/overview.ts";
import type { Suspension, SuspensionScope } from "../../model/approval.ts";
import { arnParts, functionInArn } from "../../model/aws/arn.ts";
import { byTextOf } from "../../text/order.ts";
import { sees, seesEverything, seesKey, type Access } from "../access/access.ts";
import type { Reader } from "../request/reader.ts";
import { envelope } from "./metadata.ts";

export function orphans({ access, world }: Reader): readonly OrphanObject[] {
  return world.overview.orphans
    .filter(({ key }) => (key === null ? seesEverything(access) : seesKey(access, key)))
    .map(({ key, account, arn, since, reason }) => ({
      ...envelope("Orphan", { name: orphanName(arn) }),
      status: { key, account, arn, since, reason },
    }))
    .sort(byTextOf(({ metadata }) => metadata.name));
}

/** Names are unique in an account, in all paths together. */
function orphanName(id: string): string {
  const statement = statementInId(id);
  const place = statement === null ? null : functionInArn(statement.arn);
  if (statement !== null && place !== null) {
    const { name, qualifier, accountId, region } = place;
    return ["statement", name, qualifier ?? [], statement.sid, region, accountId].flat().join(".");
  }
  const { accountId, resource } = arnParts(id);
  const [type = "", ...path] = resource.split("/");
  return `${type}.${path.at(-1) ?? ""}.${accountId}`;
}

/** Sorted by id. A token with namespaces also sees suspensions that cover more: they explain why nothing is written. */
export function suspensions(reader: Reader): readonly SuspensionObject[] {
  return reader.world.overview.suspensions
    .filter(({ scope }) => seesScope(reader.access, scope))
    .map((suspension) => suspensionObject(suspension, reader))
    .sort(byTextOf(({ metadata }) => metadata.name));
}

/** The reason may be of an operator of other namespaces, also in the answer to a command. */
export function suspensionObject(
  { id, at, scope, reason, actor, until }: Suspension,
  { scrub }: Pick<Reader, "scrub">,
): SuspensionObject {
  return {
    ...envelope("Suspension", { name: id, creationTimestamp: at }),
    spec: { scope, reason: scrub(reason), actor, until },
  };
}

/** Whether everything in the scope belongs to the token's namespaces. */
export function isCoveredBy(access: Access, { key, namespace }: SuspensionScope): boolean {
  if (key !== null) return seesKey(access, key);
  return namespace === null ? seesEverything(access) : sees(access, namespace);
}

/** Whether something in the scope belongs to the token's namespaces. */
export function seesScope(access: Access, scope: SuspensionScope): boolean {
  return isCoveredBy(access, scope) || (scope.key === null && scope.namespace === null);
}
