import { describe, expect, test } from "@jest/globals";
import type { InstalledRole } from "../../../src/workbench/doctor/installed-role.ts";
import { expectedRole, textOf, installedRole, problems } from "./installed-role.ts";

describe("the trust of a role is no longer as printed", () => {
  const trust = (change: (text: string) => string): InstalledRole =>
    installedRole(expectedRole(), { trust: change(textOf(expectedRole().trust ?? [])) });

  test.each([
    {
      because: "it requires no external id",
      installed: trust((text) => text.replace('"sts:ExternalId":"gk-test",', "")),
      detail: "allows more than it should",
    },
    {
      because: "its external id differs in case: only the names of condition keys ignore it",
      installed: trust((text) => text.replace("gk-test", "GK-test")),
      detail:
        "allows more than it should: AWS arn:aws:iam::999900001111:role/grantkeeper-base sts:AssumeRole if ",
    },
    {
      because: "it allows a session tag in another spelling, and not the own one",
      installed: trust((text) => text.replace('"gk-change"', '"GK-Change"')),
      outcome: "warning",
      detail: "allows more than it should",
    },
    {
      because: "it trusts another role too",
      installed: trust((text) =>
        text.replace(/"AWS":("[^"]*")/, '"AWS":[$1,"arn:aws:iam::999900001111:root"]'),
      ),
      detail: "allows more than it should: AWS arn:aws:iam::999900001111:root",
    },
    {
      because: "it is for another organization",
      installed: trust((text) => text.replace("o-a1b2c3d4e5", "o-other00000")),
      detail: "allows more than it should",
    },
    {
      because: "session names are restricted",
      installed: trust((text) => text.replace('"gk-*"', '"gk-1*"')),
      detail: "does not allow",
    },
    {
      because: "it allows no session tags, without which the role works",
      installed: trust((text) => text.replace(/,\{"Sid":"OnlyOurTags".*?\}\}\}/, "")),
      outcome: "warning",
      detail: "does not allow",
    },
    {
      because: "it allows any session tag, which grants nothing",
      installed: trust((text) => text.replace(/,"Condition":\{"ForAllValues.*?\}\}/, "")),
      outcome: "warning",
      detail: "allows more than it should",
    },
  ])("$because", ({ installed, detail, outcome = "failed" }) => {
    const [found, ...others] = problems(installed);

    expect(found).not.toContain("sts:externalid");

    expect(others).toEqual([]);
    expect(found).toContain(`${outcome} trust: ${detail}`);
    expect(found).toContain("; set the trust policy to {");
  });
});
