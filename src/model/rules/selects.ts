import type { ManifestMetadata } from "../desired.ts";
import type { ProfileSelector } from "./guardrail-profile.ts";

/** The facts of a function or policy that a selector compares. */
export interface Selectable extends ManifestMetadata {
  readonly namespace: string;
  /** The account's name in manifests. */
  readonly account: string;
}

export function selects(selector: ProfileSelector, subject: Selectable): boolean {
  const { teams, namespaces, accounts, labels } = selector;
  if (teams.includes(subject.namespace)) return true;
  const own = subject.labels ?? {};
  return (
    (namespaces === null || namespaces.includes(subject.namespace)) &&
    (accounts === null || accounts.includes(subject.account)) &&
    Object.entries(labels).every(([label, value]) => Object.hasOwn(own, label) && own[label] === value)
  );
}
