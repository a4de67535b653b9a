import { expect, test } from "@jest/globals";
import { indexRows, rowsOf } from "../../../../src/plan/render/compiled-rows.ts";
import { permissionLines } from "../../../../src/plan/render/permission-lines.ts";
import { homeOf } from "../../../../src/plan/render/words.ts";
import { compileTexts, functionText } from "../../../support/manifests.ts";

test("a grant has its verbs in one order in every section, however AWS lists their actions", () => {
  const spec = "  logs: false\n  grants: [{sqs: {queue: q, allow: [send, consume]}}]\n";
  const [binding] = compileTexts({
    "teams/orders/a.yaml": functionText("a", spec),
  }).desired.bindings.values();
  if (binding === undefined) throw new Error("no binding");
  const { inline: document } = binding.role;
  const rows = document.statements.flatMap((statement) => rowsOf(statement, binding));
  const linesOf = (found: typeof rows) =>
    permissionLines(found, {
      home: homeOf(binding.key),
      declared: indexRows([{ document, isFormer: false }], binding),
      listing: "state",
      placeOf: () => ({ kind: "always" }),
    }).map(({ what }) => what);

  expect(linesOf(rows)).toEqual(["sqs consume, send"]);
  expect(linesOf(rows.toReversed())).toEqual(["sqs consume, send"]);
});
