import type { Tenancy } from "../../model/rules/team.ts";

const TEXTS: Readonly<Record<Tenancy["kind"], string>> = {
  open: "open: there is no Team, so no namespace has a fence",
  closed: "closed: each namespace needs a Team",
  unknown: "unknown: a file of the platform that cannot be read may declare Teams",
};

/** `open: there is no Team, so no namespace has a fence`. */
export function tenancyText(kind: Tenancy["kind"]): string {
  return TEXTS[kind];
}

/** Notes: what a reader must know without having asked; empty if each namespace needs a Team. */
export function tenancyNotes(kind: Tenancy["kind"] | null): readonly string[] {
  return kind === null || kind === "closed" ? [] : [`tenancy is ${tenancyText(kind)}`];
}
