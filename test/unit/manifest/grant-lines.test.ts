import { expect, test } from "@jest/globals";
import { grantLine } from "../../../src/manifest/explained/grant-lines.ts";
import { GRANT_ENTRIES } from "../../../src/manifest/grants/catalogue.ts";
import { compileTexts, functionText, NARROW_PLATFORM_FILES } from "../../support/manifests.ts";

/** The prefixes of the actions of every grant that takes single actions. */
const SERVICES = [
  ...new Set(
    GRANT_ENTRIES.flatMap(({ actions }) =>
      [...(actions?.values() ?? [])].map(({ action }) => action.slice(0, action.indexOf(":"))),
    ),
  ),
].sort();

const LINES = SERVICES.flatMap((service) => {
  const line = grantLine(service);
  return line === null ? [] : [{ service, line }];
});

test.each(LINES)(
  "the line for $service has every field that its grant requires, and no other, with each verb",
  ({ line }) => {
    const [grant = "", verbs = ""] = line.split(", with VERB of ");

    const codes = verbs.split(", ").flatMap((verb) => {
      const grants = `  grants:\n    - ${grant.replace("VERB", verb)}\n`;
      const files = { ...NARROW_PLATFORM_FILES, "teams/orders/a.yaml": functionText("a", grants) };
      return compileTexts(files).diagnostics.map(({ code }) => code);
    });

    expect(verbs).not.toBe("");
    expect(codes.filter((code) => ["required", "unknown-field", "unknown-grant"].includes(code))).toEqual([]);
  },
);

test("a grant that names its resource in one of several fields has no line, nor has a service without a grant", () => {
  expect([...SERVICES, "textract"].filter((service) => grantLine(service) === null)).toEqual([
    "bedrock",
    "ssm",
    "textract",
  ]);
});
