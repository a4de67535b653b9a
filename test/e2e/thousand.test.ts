import { afterEach, expect, test } from "@jest/globals";
import { estate, PROD, READ_ORDERS } from "../support/installation/estate.ts";
import { Installation } from "../support/installation/installation.ts";
import { accountText, functionText } from "../support/manifests.ts";
import { allKeys } from "../support/record/all-keys.ts";

const OBSERVES = accountText("prod", PROD).replace("mode: enforce", "mode: observe");
const PER_FILE = 100;
const BROKEN = "teams/orders/part-5.yaml";

/** Ten files of a hundred functions each. */
function thousand(): Record<string, string> {
  const parts = Array.from({ length: 10 }, (_, part) => {
    const names = Array.from({ length: PER_FILE }, (_name, index) => `f${part * PER_FILE + index}`);
    return [`teams/orders/part-${part}.yaml`, names.map(documentOf).join("---\n")] as const;
  });
  return estate(Object.fromEntries(parts), OBSERVES);
}

function documentOf(name: string): string {
  return functionText(name, READ_ORDERS);
}

let installation: Installation;
afterEach(() => installation.stop());

test("of a thousand documents one is broken: 999 are compared, and that one is named with its line", async () => {
  const good = thousand();
  const entire = documentOf("f550");
  const text = (good[BROKEN] ?? "").replace(entire, entire.replace("dynamodb", "dynamo"));
  const line = text.split("\n").findIndex((each) => each.includes("dynamo:")) + 1;
  installation = await Installation.start({
    files: { ...good, [BROKEN]: text },
    worldOf: good,
    withinMs: 60_000,
  });

  await installation.settled();

  const compared = (await allKeys(installation.store)).filter(({ status }) => status?.sync === "OutOfSync");
  const { diagnostics } = await installation.overview();
  expect(compared).toHaveLength(999);
  expect(diagnostics.map(({ origin, message }) => [origin.file, origin.line, message])).toEqual([
    [BROKEN, line, expect.stringContaining("dynamo")],
  ]);
}, 120_000);
