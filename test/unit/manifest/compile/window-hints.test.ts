import { describe, expect, test } from "@jest/globals";
import { accountText, compileTexts, diagnosticTexts, functionText } from "../../../support/manifests.ts";
import { FILE } from "./compilation.ts";

const WINDOW = `apiVersion: grantkeeper.dev/v1alpha1
kind: ChangeWindow
metadata: {name: office}
spec:
  accounts: [prod]
  namespaces: [orders]
  zone: "Europe/Berlin"
  opens: [{days: [tue, thu], at: "09:30", for: 2h}]
  after: {accounts: [staging], verifiedFor: 30m}
`;

const FILES = { [FILE]: functionText("a"), "platform/staging.yaml": accountText("staging", "444444444444") };

function compiled(text: string, file = "platform/windows.yaml") {
  const compilation = compileTexts({ ...FILES, [file]: text });
  const { windows = [] } = compilation.desired;
  return { windows, problems: diagnosticTexts(compilation) };
}

describe("a usual mistake in a ChangeWindow", () => {
  test.each([
    {
      from: "zone:",
      to: "timezone:",
      hint: /unknown field "timezone" in spec → did you mean "zone"\? Valid fields: accounts,/,
    },
    { from: "zone:", to: "timeZone:", hint: /did you mean "zone"\?/ },
    {
      from: '  zone: "Europe/Berlin"\n  opens: [{',
      to: '  opens: [{zone: "Europe/Berlin", ',
      hint: /:\d+ "zone" is one level too deep → write it next to opens, under spec: it applies to all of its entries$/,
    },
    {
      from: "for: 2h",
      to: "for: 2h, overrun: 15m",
      hint: /"overrun" is one level too deep → write it next to opens/,
    },
    { from: "tue, thu", to: "all", hint: /→ name each day: mon, tue, wed, thu, fri, sat, sun$/ },
    { from: "tue, thu", to: "weekdays", hint: /→ name each day: mon, tue, wed, thu, fri$/ },
    { from: "tue, thu", to: "weekend", hint: /→ name each day: sat, sun$/ },
    { from: "tue, thu", to: "mon-thu", hint: /→ name each day: mon, tue, wed, thu$/ },
    { from: "tue, thu", to: "fri to Monday, sat", hint: /→ name each day: fri, sat, sun, mon$/ },
    { from: "tue, thu", to: '"mon,wed", sat', hint: /"mon,wed" .*→ name each day: mon, wed$/ },
    { from: "tue, thu", to: "mon-thy", hint: /→ valid values: sun, mon, tue/ },
    { from: "tue, thu", to: "monthly", hint: /→ valid values: sun, mon, tue/ },
    { from: "tue, thu", to: "thurs", hint: /→ write thu$/ },
    { from: "accounts: [staging]", to: "accounts: [-staging]", hint: /→ write it like staging$/ },
    { from: "tue, thu", to: "Tuesday", hint: /unknown value "Tuesday" .* → write tue$/ },
    { from: "[tue, thu]", to: "mon-thu", hint: /must be a list, .*→ write a list: \[mon, tue, wed, thu\]$/ },
    { from: "tue, thu", to: "tomorrow", hint: /→ valid values: sun, mon, tue/ },
    {
      from: "Europe/Berlin",
      to: "berlin",
      hint: /unknown time zone "berlin" → did you mean Europe\/Berlin\?$/,
    },
    { from: "Europe/Berlin", to: "New York", hint: /→ did you mean America\/New_York\?$/ },
    { from: "Europe/Berlin", to: "UTC+1", hint: /→ offsets are not accepted: name a place, such as/ },
    { from: "Europe/Berlin", to: "+01:00", hint: /→ offsets are not accepted/ },
    {
      from: "Europe/Berlin",
      to: "CET",
      hint: /→ write a place, .* abbreviations such as CET are not accepted$/,
    },
    {
      from: "[prod]",
      to: "[production]",
      hint: /unknown account production → valid accounts: prod, staging$/,
    },
    { from: "[orders]", to: '["*"]', hint: /→ leave namespaces out: the window then applies to all of them/ },
  ])("has a hint that names the correct form: $to", ({ from, to, hint }) => {
    const { problems } = compiled(WINDOW.replace(from, to));

    expect(problems).toEqual([expect.stringMatching(hint)]);
  });

  test.each([
    { text: "30", hint: /→ 30 has no unit: write 30m or 30h, from 1m to 72h$/ },
    { text: "900", hint: /→ 900 has no unit: write 900m, from 1m to 72h$/ },
    {
      text: "9000",
      hint: /→ 9000 has no unit: write a number and one of m, h, such as 30m, from 1m to 72h$/,
    },
    { text: "30min", hint: /"30min" is not a duration from 1m to 72h → write 30m$/ },
    { text: "6 hours", hint: /→ write 6h$/ },
    { text: "2d", hint: /→ write 48h$/ },
    { text: "1h30m", hint: /→ write 90m$/ },
    { text: "1.5h", hint: /→ write 90m$/ },
    { text: "5d", hint: /→ the longest is 72h$/ },
    { text: "30s", hint: /→ the shortest is 1m$/ },
    { text: "90s", hint: /→ write a number and one of m, h, such as 30m$/ },
    { text: "2 fortnights", hint: /→ write a number and one of m, h, such as 30m$/ },
  ])("has a hint with a duration that is valid: $text", ({ text, hint }) => {
    const { problems } = compiled(WINDOW.replace("30m", text));

    expect(problems).toEqual([expect.stringMatching(hint)]);
  });

  test.each([
    { from: ", verifiedFor: 30m", hint: /verifiedFor is required → write verifiedFor: 30m \(1m to 72h\)$/ },
    { from: ", for: 2h", hint: /for is required → write for: 6h \(5m to 24h\)$/ },
    { from: ', at: "09:30"', hint: /at is required → write at: "09:30"$/ },
    { from: "accounts: [staging], ", hint: /accounts is required → write accounts: \[TEXT\]$/ },
  ])("has a hint with the form of what is missing: $from", ({ from, hint }) => {
    const { problems } = compiled(WINDOW.replace(from, ""));

    expect(problems).toEqual([expect.stringMatching(hint)]);
  });

  test.each([
    {
      field: "dependsOn: [staging]",
      hint: /"dependsOn" in spec → write after: \{accounts: \[staging\], .*: 30m\}$/,
    },
    { field: "opnes: []", hint: /"opnes" in spec → did you mean "opens"\?/ },
  ])("is one problem, without that it has no opens: $field", ({ field, hint }) => {
    const start = WINDOW.slice(0, WINDOW.indexOf("  zone:"));
    const { problems } = compiled(`${start}  ${field}\n`);

    expect(problems).toEqual([expect.stringMatching(hint)]);
  });

  test("does not hide that its folder is the wrong one", () => {
    const file = "teams/orders/window.yaml";
    const { problems, windows } = compiled(WINDOW.replace("tue, thu", "all"), file);

    expect(problems).toEqual([
      expect.stringMatching(/ChangeWindow is read from platform\/ only → move it there/),
      expect.stringContaining("name each day"),
    ]);
    expect(windows).toEqual([]);
  });
});
