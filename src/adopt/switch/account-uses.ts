import { usesOf } from "../../diff/role/role-uses.ts";
import type { TakeOverRefusal } from "../../diff/role/take-over-refusals.ts";
import type { DesiredAccount } from "../../model/desired.ts";
import type { LiveFunction } from "../../model/live.ts";
import { getOrAdd } from "../../model/values/lists.ts";
import { counted } from "../../text/phrases.ts";
import { unreadText, type Estate, type EstateFunction, type UnreadPlace } from "../estate/estate.ts";

/** The functions of one account that use its roles, in the regions that were read. Lives for one import. */
export class AccountUses {
  readonly #byRole = new Map<string, EstateFunction[]>();
  readonly #unread: readonly { readonly arn: string; readonly reason: string }[];
  readonly #places: readonly string[];

  constructor(
    { regions, name }: Pick<DesiredAccount, "regions" | "name">,
    estates: readonly Estate[],
    unread: readonly Pick<UnreadPlace, "region" | "reason">[],
  ) {
    const functions = estates.flatMap((estate) => estate.functions);
    for (const found of functions)
      for (const role of rolesOf(found)) getOrAdd(this.#byRole, role, () => []).push(found);
    this.#unread = functions.flatMap(({ arn, versions }) =>
      versions.kind === "known" ? [] : [{ arn, reason: `its published versions: ${unreadText(versions)}` }],
    );
    const known = new Set([...estates, ...unread].map(({ region }) => region));
    this.#places = [
      ...unread.map(({ region, reason }) => `functions of region ${region}: ${reason}`),
      ...regions.filter((region) => !known.has(region)).map((region) => `functions of region ${region}`),
      `functions of regions that account ${name} does not list`,
    ];
  }

  /** That other functions use the role, by the first of them; none if no other was seen. */
  othersOn(role: string, { arn }: Pick<EstateFunction, "arn">): readonly TakeOverRefusal[] {
    const others = (this.#byRole.get(role) ?? []).filter((found) => found.arn !== arn);
    const [first] = others.flatMap((found) => usesOf(asLive(found), role));
    if (first?.kind !== "seen") return [];
    const more = others.length < 2 ? "" : ` (and ${counted(others.length - 1, "more function")})`;
    return [{ kind: "shared", reason: `${first.reason}${more}`, fix: first.fix }];
  }

  /** Where others that use a role of this function may be. */
  unreadFor({ arn }: Pick<EstateFunction, "arn">): readonly string[] {
    const [first, ...more] = this.#unread.filter((one) => one.arn !== arn);
    const others = more.length === 0 ? "" : ` (and ${more.length} more)`;
    return [...(first === undefined ? [] : [`${first.arn}${others}: ${first.reason}`]), ...this.#places];
  }
}

function rolesOf({ roleArn, versions }: EstateFunction): ReadonlySet<string> {
  const published = versions.kind === "known" ? versions.value.map((version) => version.roleArn) : [];
  return new Set([roleArn, ...published]);
}

function asLive({
  arn,
  roleArn,
  versions,
}: EstateFunction): Pick<LiveFunction, "arn" | "roleArn" | "versions"> {
  return {
    arn,
    roleArn,
    versions: versions.kind === "known" ? { kind: "present", value: versions.value } : versions,
  };
}
