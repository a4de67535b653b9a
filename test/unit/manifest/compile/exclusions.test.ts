import { describe, expect, test } from "@jest/globals";
import { compileTexts, diagnosticTexts } from "../../../support/manifests.ts";

const FILE = "platform/exclusions.yaml";

function exclusionText(fields: string, name = "legacy"): string {
  return `apiVersion: grantkeeper.dev/v1alpha1
kind: Exclusion
metadata: {name: ${name}}
spec:
  functions: [legacy-*, one]
  reason: moves to ECS
  owner: dana
${fields}`;
}

function compiled(text: string, file = FILE) {
  const compilation = compileTexts({ [file]: text });
  return { problems: diagnosticTexts(compilation), exclusions: compilation.desired.exclusions };
}

const UNTIL = "  until: 2026-12-31T23:00:00+01:00\n";

describe("an Exclusion", () => {
  test("names accounts by name or id, and every account and region by default", () => {
    const here = compiled(
      exclusionText(`  accounts: [prod, "777788889999"]\n  regions: [eu-west-1]\n${UNTIL}`),
    );
    const everywhere = compiled(exclusionText(UNTIL));

    expect(here).toMatchObject({
      problems: [],
      exclusions: [
        {
          name: "legacy",
          functions: ["legacy-*", "one"],
          accounts: ["222222222222", "777788889999"],
          regions: ["eu-west-1"],
          until: "2026-12-31T22:00:00Z",
        },
      ],
    });
    expect(everywhere.exclusions).toMatchObject([{ accounts: null, regions: null }]);
  });

  test("with an unknown account excludes nothing", () => {
    const { problems, exclusions } = compiled(exclusionText(`  accounts: [prd]\n${UNTIL}`));

    expect(problems.join()).toMatch(
      /unknown account prd, did you mean prod\? → valid accounts: .*prod.*, or the id/,
    );
    expect(exclusions).toEqual([]);
  });

  test.each([
    { because: "it has ended", until: "2020-01-01T00:00:00Z", message: /the Exclusion ended on 2020-01-01/ },
    { because: "it is for more than a year", until: "2099-01-01T00:00:00Z", message: /lasts at most a year/ },
  ])("is reported, and the coverage decides by the time: $because", ({ until, message }) => {
    const { problems, exclusions } = compiled(exclusionText(`  until: ${until}\n`));

    expect(problems.join()).toMatch(message);
    expect(exclusions).toHaveLength(1);
  });

  test.each([
    { because: "no owner", text: exclusionText(UNTIL).replace("  owner: dana\n", ""), message: /owner/ },
    { because: "no end", text: exclusionText(""), message: /until/ },
    {
      because: "a star in the middle",
      text: exclusionText(UNTIL).replace("one", '"a*b"'),
      message: /a\*b.* is not a function's name/,
    },
  ])("is refused with $because", ({ text, message }) => {
    const { problems, exclusions } = compiled(text);

    expect(problems.join()).toMatch(message);
    expect(exclusions).toEqual([]);
  });

  test("in the folder of a team excludes nothing", () => {
    const { problems, exclusions } = compiled(exclusionText(UNTIL), "teams/orders/e.yaml");

    expect(problems.join()).toMatch(/Exclusion is read from platform\/ only/);
    expect(exclusions).toEqual([]);
  });

  test("is sorted by name, in any order of the file", () => {
    const { exclusions } = compiled(`${exclusionText(UNTIL, "b")}---\n${exclusionText(UNTIL, "a")}`);

    expect(exclusions.map(({ name }) => name)).toEqual(["a", "b"]);
  });
});
