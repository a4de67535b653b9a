import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { compileSnapshot, type SourcePart } from "../../src/controller/revision/accept.ts";
import type { SourceInput } from "../../src/controller/state/source-input.ts";
import type { Arn } from "../../src/model/aws/arn.ts";
import type { Namespace } from "../../src/model/aws/ids.ts";
import type { EnforcedState } from "../../src/controller/state/controller-state.ts";
import type { Holders } from "../../src/manifest/compile/conflicts.ts";
import { DEFAULT_MANIFEST_LIMITS } from "../../src/manifest/parse/parsed.ts";
import { sha256Hex } from "../../src/model/values/digest.ts";
import { keyParts } from "../../src/model/keys/key.ts";
import type { Revision } from "../../src/model/values/revision.ts";
import { withPrefix } from "../../src/model/keys/source-prefix.ts";
import { complete } from "../../src/model/values/steps.ts";
import type { RefusalReason, Snapshot } from "../../src/model/snapshot.ts";
import { COMPILE_CONTEXT, functionText, PLATFORM_FILES } from "../support/manifests.ts";

const ORDERS = "orders" as Namespace;
const PAYMENTS = "payments" as Namespace;
const PATHS = { ...COMPILE_CONTEXT, namespaceSources: new Set([ORDERS, PAYMENTS]) };

type Files = Readonly<Record<string, string>>;

function snapshotOf(files: Files, namespace: Namespace | null, refused: Snapshot["refused"] = []): Snapshot {
  const pathOf = (path: string): string => (namespace === null ? path : withPrefix(namespace, path));
  return {
    source: namespace ?? "main",
    revision: `${pathOf("main")}@sha1:${"1".repeat(40)}` as Revision,
    files: Object.entries(files).map(([path, text]) => ({
      path: pathOf(path),
      oid: sha256Hex(text),
      bytes: new TextEncoder().encode(text),
    })),
    refused: refused.map(({ path, reason }) => ({ path: pathOf(path), reason })),
    uncommitted: false,
  };
}

const REFUNDS = functionText("refunds");
const LEDGER = functionText("ledger");

function partOf(enforced: EnforcedState, namespace: Namespace | null): SourcePart {
  const input: SourceInput | null = enforced.inputs.get(namespace) ?? null;
  return { namespace, record: null, input };
}

function compiled(
  snapshot: Snapshot,
  namespace: Namespace | null,
  others: readonly SourcePart[],
): EnforcedState {
  const { revision: _, ...compile } = PATHS;
  const result = complete(
    compileSnapshot(snapshot, {
      compile: { ...compile, holders: HOLDERS },
      limits: DEFAULT_MANIFEST_LIMITS,
      parsed: new Map(),
      record: null,
      namespace,
      others,
    }),
  );
  if (result.kind === "err") throw new Error(result.error);
  return result.value.enforced;
}

/** What payments has applied: a newcomer takes neither its functions nor its roles. */
const HOLDERS: Holders = new Map(
  ["refunds", "ledger"].map((name) => [
    `function/222222222222/eu-west-1/payments/${name}` as never,
    {
      accountId: "222222222222",
      region: "eu-west-1",
      functionName: name,
      role: {
        name: `${name}-eu-west-1`,
        arn: `arn:aws:iam::222222222222:role/grantkeeper/${name}-eu-west-1` as Arn,
      },
    },
  ]),
);

const PLATFORM = compiled(snapshotOf(PLATFORM_FILES, null), null, []);
const BEFORE = compiled(
  snapshotOf({ "deploy/refunds.yaml": REFUNDS, "deploy/ledger.yaml": LEDGER }, PAYMENTS),
  PAYMENTS,
  [partOf(PLATFORM, null)],
);

/** Everything of the desired state that orders does not own, and what is wrong with it. */
function ofOthers({ compilation, brokenFileKeys }: EnforcedState): string {
  const { desired, invalid, diagnostics, unattached, objects } = compilation;
  const isOther = (namespace: string): boolean => namespace !== ORDERS;
  const keyed = <Value>(map: ReadonlyMap<never, Value> | ReadonlyMap<string, Value>) =>
    [...(map as ReadonlyMap<never, Value>)].filter(([key]) => isOther(keyParts(key).namespace));
  return JSON.stringify([
    [...desired.accounts],
    desired.accountSets,
    keyed(desired.bindings),
    keyed(desired.policies),
    desired.waivers,
    desired.profiles,
    [...desired.teams],
    desired.tenancy,
    keyed(invalid),
    keyed(brokenFileKeys),
    unattached.filter(({ key }) => isOther(keyParts(key).namespace)),
    diagnostics.filter(({ origin }) => !origin.file.startsWith("orders//")),
    objects.filter(({ file }) => !file.startsWith("orders//")),
  ]);
}

const DOCUMENTS = [
  REFUNDS,
  LEDGER.replace("{name: ledger}", "{name: ledger, namespace: payments}"),
  functionText("api"),
  functionText("api", "  function: refunds\n"),
  functionText("api", "  role: {name: ledger-eu-west-1}\n"),
  functionText("api", "  role: {name: REFUNDS-eu-west-1}\n"),
  ...Object.values(PLATFORM_FILES),
  "apiVersion: grantkeeper.dev/v1alpha1\nkind: Team\nmetadata: {name: payments}\nspec: {accounts: [], functions: [none]}\n",
  "apiVersion: grantkeeper.dev/v1alpha1\nkind: Team\nmetadata: {name: payments}\nspec: {\n",
  "kind: GuardrailProfile\n",
  "spec: {\n",
  "",
];

const PATH = fc.constantFrom(
  "deploy/a.yaml",
  "deploy/b.yaml",
  "teams/payments/refunds.yaml",
  "payments/refunds.yaml",
  "platform/accounts.yaml",
  "deploy/refunds.yaml",
);

test("no content of a namespace source changes a byte of what the platform and the other sources declare", () => {
  const reason = fc.constantFrom<RefusalReason>("symlink", "submodule", "unsafe-name", "too-large");
  const refused = fc.array(fc.record({ path: PATH, reason }), { maxLength: 2 });
  const files = fc.dictionary(PATH, fc.constantFrom(...DOCUMENTS), { maxKeys: 4 });
  const own = functionText("own");

  fc.assert(
    fc.property(files, refused, (drawn, links) => {
      const snapshot = snapshotOf({ "deploy/own.yaml": own, ...drawn }, ORDERS, links);

      const after = compiled(snapshot, ORDERS, [partOf(BEFORE, null), partOf(BEFORE, PAYMENTS)]);

      expect(ofOthers(after)).toBe(ofOthers(BEFORE));
    }),
    { numRuns: 150 },
  );
});
