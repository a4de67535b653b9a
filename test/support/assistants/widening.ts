import { provedNarrower } from "../../../src/iam/compare/containment.ts";
import { compiledDocumentText } from "../../../src/iam/read/print.ts";
import type { Desired, DesiredBinding } from "../../../src/model/desired.ts";

/**
 * What a fix of broken manifests allows beyond the reference, one sentence each; empty if nothing. A fix that loses a
 * permission of the reference is not wider.
 */
export function widenings(fix: Desired, reference: Desired): readonly string[] {
  const others = [...fix.bindings.keys()].filter((key) => !reference.bindings.has(key));
  return [
    ...others.map((key) => `${key} is not declared by the reference`),
    ...[...reference.bindings.values()].flatMap((known) => {
      const found = fix.bindings.get(known.key);
      return found === undefined ? [] : bindingWidenings(found, known);
    }),
    ...settingChanges(fix, reference),
  ];
}

function bindingWidenings(fix: DesiredBinding, reference: DesiredBinding): readonly string[] {
  const { partition, accountId } = reference;
  const proofs = [
    provedNarrower(roleText(fix), roleText(reference), { dialect: "identity", partition, accountId }),
    provedNarrower(callersText(fix), callersText(reference), { dialect: "resource", partition, accountId }),
  ];
  const known = new Set<string>(reference.role.attachments.map(({ arn }) => arn));
  const attached = fix.role.attachments.filter(({ arn }) => !known.has(arn));
  return [
    ...proofs.flatMap((proof) => (proof.kind === "proved" ? [] : [proof.because])),
    ...attached.map(({ arn }) => `${arn} is attached`),
    ...(fix.role.boundary?.arn === reference.role.boundary?.arn ? [] : ["the boundary is another one"]),
  ].map((text) => `${fix.namespace}/${fix.name}: ${text}`);
}

function roleText({ role }: DesiredBinding): string {
  return compiledDocumentText(role.inline);
}

function callersText({ callers }: DesiredBinding): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: callers.map(({ statement }) => statement) });
}

/**
 * What only the platform may change, and policies that functions attach. A permission that the fix does not use is
 * not wider.
 */
function settingChanges(fix: Desired, reference: Desired): readonly string[] {
  const policies = [...fix.policies.values()].filter(({ key, document }) => {
    const known = reference.policies.get(key);
    return known === undefined || textOf(known.document) !== textOf(document);
  });
  return [
    ...policies.map(({ key }) => `${key} has changed`),
    ...(textOf([...fix.accounts.values()]) === textOf([...reference.accounts.values()])
      ? []
      : ["the accounts have changed"]),
    ...(fix.waivers.length === 0 ? [] : ["there is a waiver"]),
  ];
}

/** Without the places in files. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (name, part: unknown) => {
    if (part instanceof Map) return [...part];
    return name === "origin" || name.endsWith("Origin") ? undefined : part;
  });
}
