import { expect, test } from "@jest/globals";
import { compile } from "../../../../src/manifest/compile/compile.ts";
import type { FunctionPermission } from "../../../../src/manifest/parse/parsed.ts";
import { BindingQuota, MAX_BINDINGS } from "../../../../src/manifest/compile/functions/quota.ts";
import type { Namespace } from "../../../../src/model/aws/ids.ts";
import {
  accountText,
  COMPILE_CONTEXT,
  functionText,
  parseText,
  PLATFORM_FILES,
} from "../../../support/manifests.ts";

const ORDERS = "orders" as Namespace;

function documentOf(name: string): FunctionPermission {
  const [document] = parseText("teams/orders/x.yaml", functionText(name)).documents;
  if (document?.kind !== "FunctionPermission") throw new Error("not a FunctionPermission");
  return document;
}

test("a namespace gets its share only, and a document that does not fit takes no share", () => {
  const quota = new BindingQuota();

  expect(quota.take(documentOf("a"), ORDERS, MAX_BINDINGS.ofNamespace - 1)).toBeNull();
  expect(quota.take(documentOf("b"), ORDERS, 2)).toMatchObject({
    severity: "error",
    code: "too-many-bindings",
    message: "namespace orders has more than 10000 bindings with this document",
    origin: { file: "teams/orders/x.yaml", line: 5 },
  });
  expect(quota.take(documentOf("c"), ORDERS, 1)).toBeNull();
});

test("one namespace does not use the share of another, and all of them have a limit", () => {
  const quota = new BindingQuota();
  const namespaces = Array.from({ length: 6 }, (_, at) => `team-${at}` as Namespace);

  const refused = namespaces.map((namespace) =>
    quota.take(documentOf("a"), namespace, MAX_BINDINGS.ofNamespace),
  );

  expect(refused.map((one) => one?.message ?? null)).toEqual([
    null,
    null,
    null,
    null,
    null,
    "the revision has more than 50000 bindings with this document",
  ]);
});

test("documents over the share of a team keep their last applied state, while earlier ones and other teams compile", () => {
  const names = Array.from({ length: 100 }, (_, at) => `account-${at}`);
  const accounts = names.map((name, at) => accountText(name, String(300_000_000_000 + at)));
  const everywhere = (name: string): string =>
    functionText(name)
      .replace("[prod]", `[${names.join(", ")}]`)
      .replace("[eu-west-1]", "[eu-west-1, us-east-1]");
  const greedy = Array.from({ length: 60 }, (_, at) => everywhere(`f${at}`));
  const files = Object.entries({
    ...PLATFORM_FILES,
    "platform/more.yaml": accounts.join("---\n"),
    "teams/greedy/all.yaml": greedy.join("---\n"),
    "teams/quiet/one.yaml": functionText("one"),
  }).map(([path, text]) => parseText(path, text));

  const { desired, diagnostics, brokenFiles } = compile(files, COMPILE_CONTEXT);

  // 50 documents of 200 bindings, and the one of the other team.
  expect(desired.bindings.size).toBe(10_001);
  expect(diagnostics.filter(({ code }) => code === "too-many-bindings")).toHaveLength(10);
  expect(brokenFiles).toEqual(["teams/greedy/all.yaml"]);
});
