import { compile, type Compilation, type CompileContext } from "../../src/manifest/compile/compile.ts";
import { parseFile } from "../../src/manifest/parse/parse.ts";
import { DEFAULT_MANIFEST_LIMITS, type ParsedFile } from "../../src/manifest/parse/parsed.ts";
import type { Diagnostic } from "../../src/model/diagnostic.ts";
import type { InstanceName } from "../../src/model/aws/ids.ts";
import type { Revision } from "../../src/model/values/revision.ts";

export const NOW_MS = Date.parse("2026-11-25T12:00:00Z");

export const COMPILE_CONTEXT: CompileContext = {
  instance: "test-1" as InstanceName,
  revision: `main@sha1:${"0".repeat(40)}` as Revision,
  platformPath: "platform",
  tenantPath: "teams",
  simulator: null,
  nowMs: NOW_MS,
  holders: new Map(),
  earlierTenancy: "unknown",
};

/** An account that a test does not speak about: `prod`, 222222222222, in enforce, with a boundary. */
export const PLATFORM_FILES: Readonly<Record<string, string>> = {
  "platform/accounts.yaml": accountText("prod", "222222222222"),
  "platform/boundary.yaml": `apiVersion: grantkeeper.dev/v1alpha1
kind: ManagedPolicy
metadata: {name: platform-default}
spec:
  use: boundary
  document: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: ["dynamodb:*", "logs:*"], Resource: "*"}]}
`,
};

/** With a boundary that lets through nothing that BND-004 warns of. */
export const NARROW_PLATFORM_FILES: Readonly<Record<string, string>> = {
  ...PLATFORM_FILES,
  "platform/boundary.yaml": (PLATFORM_FILES["platform/boundary.yaml"] ?? "").replace(
    '"dynamodb:*", "logs:*"',
    '"dynamodb:*Item", "dynamodb:Describe*", "dynamodb:Query", "logs:Create*", "logs:PutLogEvents"',
  ),
};

export function accountText(name: string, id: string, more = ""): string {
  return `apiVersion: grantkeeper.dev/v1alpha1
kind: AwsAccount
metadata: {name: ${name}}
spec:
  id: "${id}"
  regions: [eu-west-1, us-east-1]
  mode: enforce
  observer: {role: "arn:aws:iam::${id}:role/grantkeeper-system/observer", externalId: gk-test}
  writer: {role: "arn:aws:iam::${id}:role/grantkeeper-system/writer", externalId: gk-test}
  boundary: platform-default
  tagKeys: [cost-center]
  vars: {ordersTable: orders-${name}}
${more}`;
}

/** A FunctionPermission in prod/eu-west-1; `spec` is YAML, indented by two. */
export function functionText(name: string, spec = ""): string {
  return `apiVersion: grantkeeper.dev/v1alpha1
kind: FunctionPermission
metadata: {name: ${name}}
spec:
  targets: [{accounts: [prod], regions: [eu-west-1]}]
${spec}`;
}

export function parseText(path: string, text: string): ParsedFile {
  return parseFile({ path, bytes: new TextEncoder().encode(text) }, DEFAULT_MANIFEST_LIMITS);
}

/** The files next to the account of `PLATFORM_FILES`. */
export function compileTexts(
  files: Readonly<Record<string, string>>,
  context: Partial<CompileContext> = {},
): Compilation {
  const all = { ...PLATFORM_FILES, ...files };
  const parsed = Object.entries(all).map(([path, text]) => parseText(path, text));
  return compile(parsed, { ...COMPILE_CONTEXT, ...context });
}

/** `file:line:column message → fix`. */
export function diagnosticText({ origin, message, fix }: Diagnostic): string {
  return `${origin.file}:${origin.line}:${origin.column} ${message}${fix === null ? "" : ` → ${fix}`}`;
}

export function diagnosticTexts(compilation: Compilation): readonly string[] {
  return compilation.diagnostics.map(diagnosticText);
}
