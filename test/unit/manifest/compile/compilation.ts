import type { Compilation } from "../../../../src/manifest/compile/compile.ts";
import type { DesiredBinding, DesiredPolicy } from "../../../../src/model/desired.ts";
import type { Key } from "../../../../src/model/keys/key.ts";
import { compileTexts, diagnosticTexts, functionText } from "../../../support/manifests.ts";

export const FILE = "teams/orders/a.yaml";
export const KEY = "function/222222222222/eu-west-1/orders/a" as Key;

export function only(compilation: Compilation): DesiredBinding {
  const [binding] = compilation.desired.bindings.values();
  if (binding === undefined) throw new Error(diagnosticTexts(compilation).join("\n"));
  return binding;
}

export function bindingOf(spec = "", name = "a"): DesiredBinding {
  return only(compileTexts({ [FILE]: functionText(name, spec) }));
}

export function policyOf(compilation: Compilation, key: string): DesiredPolicy | undefined {
  return [...compilation.desired.policies.values()].find((policy) => policy.key === key);
}

export const MANAGED = `apiVersion: grantkeeper.dev/v1alpha1
kind: ManagedPolicy
metadata: {name: audit-read}
spec: {description: Reads, grants: [{s3: {bucket: "audit-\${account.name}", allow: [read]}}]}
`;

export const waiver = (
  binding: string,
  until = "2027-01-01T00:00:00Z",
): string => `apiVersion: grantkeeper.dev/v1alpha1
kind: Waiver
metadata: {name: ord-77}
spec: {rule: RES-001, binding: "${binding}", reason: x, owner: dana, until: ${until}}
`;
