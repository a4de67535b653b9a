import type { Tenancy } from "../../model/rules/team.ts";

/** `file`: the one that makes it unknown; null: it was not sent. */
export interface ShownTenancy {
  readonly kind: Tenancy["kind"];
  readonly file: string | null;
}

export function shownTenancy(tenancy: Tenancy): ShownTenancy {
  return { kind: tenancy.kind, file: tenancy.kind === "unknown" ? tenancy.origin.file : null };
}

/** `open: there is no Team, so no namespace has a fence`. */
export function tenancyText({ kind, file }: ShownTenancy): string {
  if (kind === "open") return "open: there is no Team, so no namespace has a fence";
  if (kind === "closed") return "closed: each namespace needs a Team";
  return `not known while ${file ?? "a file of the platform"} has errors: it may declare a Team`;
}

/** Notes: what a reader must know without having asked; empty if each namespace needs a Team. */
export function tenancyNotes(tenancy: ShownTenancy): readonly string[] {
  return tenancy.kind === "closed" ? [] : [`tenancy is ${tenancyText(tenancy)}`];
}
