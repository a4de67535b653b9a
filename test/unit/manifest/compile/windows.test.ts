import { describe, expect, test } from "@jest/globals";
import { accountText, compileTexts, diagnosticTexts, functionText } from "../../../support/manifests.ts";
import { FILE } from "./compilation.ts";

const WINDOWS = "platform/windows.yaml";
const SCOPE = 'accounts: [prod]\n  namespaces: [orders]\n  zone: "Europe/Berlin"';
const OPENS = 'opens: [{days: [tue, thu], at: "09:30", for: 2h}]';

function windowText(spec = `${SCOPE}\n  ${OPENS}`, name = "office"): string {
  return `apiVersion: grantkeeper.dev/v1alpha1
kind: ChangeWindow
metadata: {name: ${name}}
spec:
  ${spec}
`;
}

function compiled(files: Readonly<Record<string, string>>, knownWindows = before()) {
  const compilation = compileTexts({ [FILE]: functionText("a"), ...files }, { knownWindows });
  const { windows = [] } = compilation.desired;
  return { windows, known: compilation.windows, problems: diagnosticTexts(compilation) };
}

function before(text?: string) {
  if (text === undefined) return [];
  return compileTexts({ [FILE]: functionText("a"), [WINDOWS]: text }).windows;
}

const EVERYTHING = { accounts: null, namespaces: null };

describe("a ChangeWindow", () => {
  test("opens on each of its days, with an overrun of ten minutes by default", () => {
    const { windows, problems } = compiled({ [WINDOWS]: windowText() });

    expect(problems).toEqual([]);
    expect(windows).toMatchObject([
      {
        name: "office",
        scope: { accounts: ["prod"], namespaces: ["orders"] },
        schedule: {
          zone: "Europe/Berlin",
          openings: [
            { day: "tue", atMinute: 570, lengthMs: 7_200_000 },
            { day: "thu", atMinute: 570, lengthMs: 7_200_000 },
          ],
          overrunMs: 600_000,
        },
      },
    ]);
  });

  test("of every account names no namespace, and sets its overrun", () => {
    const text = windowText(`accounts: ["*"]\n  zone: UTC\n  ${OPENS}\n  overrun: 0s`);

    expect(compiled({ [WINDOWS]: text }).windows).toMatchObject([
      { scope: EVERYTHING, schedule: { overrunMs: 0 } },
    ]);
  });

  test.each([
    {
      text: windowText(`${SCOPE.replace("Berlin", "Berln")}\n  ${OPENS}`),
      message: /unknown time zone "Europe\/Berln" → did you mean Europe\/Berlin\?$/,
      because: "its zone is misspelt",
    },
    {
      text: windowText(`${SCOPE.replace("Europe/Berlin", "local")}\n  ${OPENS}`),
      message: /unknown time zone "local" → write .*such as Europe\/Berlin/,
      because: "its zone is like no other",
    },
    {
      text: windowText(`${SCOPE}\n  ${OPENS}\n  overrun: 15`),
      message:
        /overrun: 15 is read as a number, not as text → 15 has no unit: write 15s or 15m, from 0s to 4h/,
      because: "its overrun has no unit",
    },
    { text: windowText(`${SCOPE}\n  opens: []`), message: /the list is empty/, because: "it never opens" },
    {
      text: windowText(`${SCOPE}\n  opens: [{days: [], at: "09:30", for: 2h}]`),
      message: /the list is empty/,
      because: "it opens on no day",
    },
    {
      text: windowText(`${SCOPE}\n  opens: [{days: [mon], at: "09:30", for: 0h}]`),
      message: /"0h" is not a duration from 5m to 24h/,
      because: "it closes as it opens",
    },
    {
      text: windowText(`${SCOPE}\n  opens: [{days: [mon], at: "9:30", for: 2h}]`),
      message: /"9:30" is not a local time.* → write "09:30"/,
      because: "its time lacks a digit",
    },
    {
      text: windowText(`${SCOPE}\n  opens: [{days: [mon], at: "24:00", for: 2h}]`),
      message: /"24:00" is not a local time/,
      because: "its time does not exist",
    },
  ])("with an error keeps closed what it applies to: $because", ({ text, message }) => {
    const { windows, problems, known } = compiled({ [WINDOWS]: text });

    expect(problems.join("\n")).toMatch(message);
    expect(windows).toMatchObject([
      { name: "office", scope: { accounts: ["prod"], namespaces: ["orders"] }, schedule: null },
    ]);
    expect(known).toMatchObject([{ name: "office" }]);
  });

  test.each([
    {
      text: windowText(`zone: UTC\n  ${OPENS}`),
      message: /spec.accounts is required/,
      because: "it names no account",
    },
    {
      text: windowText(`accounts: [prd]\n  zone: UTC\n  ${OPENS}`),
      message: /unknown account prd, did you mean prod\? → valid accounts: prod$/,
      because: "its account is misspelt",
    },
    {
      text: windowText().replace("name: office", "name: [office]"),
      message: /metadata.name/,
      because: "its name can't be read, and its scope can",
    },
    {
      text: windowText("nothing").replace("\n  nothing", " nothing"),
      message: /spec/,
      because: "it has no spec",
    },
  ])("keeps everything closed that it may apply to: $because", ({ text, message }) => {
    const { windows, problems } = compiled({ [WINDOWS]: text });

    expect(problems.join("\n")).toMatch(message);
    expect(windows).toHaveLength(1);
    expect(windows[0]).toMatchObject({ schedule: null });
  });

  test("that is declared twice is in force neither time", () => {
    const { windows, problems } = compiled({ [WINDOWS]: `${windowText()}---\n${windowText()}` });

    expect(problems.join("\n")).toMatch(/declared again/);
    expect(windows.map(({ schedule }) => schedule)).toEqual([null, null]);
  });

  test.each([
    { text: windowText(), because: "it is correct" },
    { text: windowText("zone: nowhere"), because: "it has an error" },
  ])("of a team opens nothing and closes nothing: $because", ({ text }) => {
    const { windows, problems } = compiled({ "teams/orders/windows.yaml": text });

    expect(problems.length).toBeGreaterThan(0);
    expect(windows).toEqual([]);
  });

  test("is reported if a namespace has no manifest yet", () => {
    const { windows, problems } = compiled({ [WINDOWS]: windowText().replace("[orders]", "[ordes]") });

    expect(problems.join("\n")).toMatch(/namespace ordes has no manifest, did you mean orders\?/);
    expect(windows[0]?.schedule).not.toBeNull();
  });
});

describe("a ChangeWindow that disappears", () => {
  test("no longer applies if all documents can be read", () => {
    expect(compiled({}, before(windowText()))).toMatchObject({ windows: [], known: [], problems: [] });
  });

  test.each([
    { files: { [WINDOWS]: "spec: {\n" }, because: "its file is no YAML" },
    { files: { [WINDOWS]: windowText().replace("ChangeW", "ChengeW") }, because: "its kind is misspelt" },
    {
      files: { [WINDOWS]: windowText(undefined, "renamed"), "platform/new.yaml": "spec: {\n" },
      because: "it may be in another file",
    },
  ])("while a document of the platform can't be read keeps its scope closed: $because", ({ files }) => {
    const { windows, problems, known } = compiled(files, before(windowText()));

    expect(windows).toContainEqual(
      expect.objectContaining({
        name: "office",
        schedule: null,
        scope: { accounts: ["prod"], namespaces: ["orders"] },
      }),
    );
    expect(known.map(({ name }) => name)).toContain("office");
    expect(problems.join("\n")).toMatch(/ChangeWindow office was declared before/);
  });

  test("while only a team's file can't be read no longer applies", () => {
    const files = { "teams/orders/broken.yaml": "spec: {\n" };

    expect(compiled(files, before(windowText())).windows).toEqual([]);
  });
});

describe("a ChangeWindow that orders accounts", () => {
  const AFTER = "after: {accounts: [staging], verifiedFor: 30m}";
  const STAGING = { "platform/staging.yaml": accountText("staging", "444444444444") };

  test("needs no times, and has the accounts that come before and how long they must match", () => {
    const { windows, problems } = compiled({
      ...STAGING,
      [WINDOWS]: windowText(`accounts: [prod]\n  ${AFTER}`),
    });

    expect(problems).toEqual([]);
    expect(windows).toMatchObject([
      { schedule: { openings: [] }, after: { accounts: ["staging"], verifiedForMs: 1_800_000 } },
    ]);
  });

  test("may have times too", () => {
    const { windows } = compiled({ ...STAGING, [WINDOWS]: windowText(`${SCOPE}\n  ${OPENS}\n  ${AFTER}`) });

    expect(windows).toMatchObject([{ schedule: { openings: [{}, {}] }, after: { accounts: ["staging"] } }]);
  });

  test.each([
    {
      spec: "accounts: [prod]",
      message: /a change window needs opens or after → write opens: \[.*\] for times, or after: \{.*\} for/,
    },
    {
      spec: `accounts: [prod]\n  ${OPENS}`,
      message: /opens needs a zone → .* such as zone: Europe\/Berlin, or zone: UTC$/,
    },
    {
      spec: `accounts: [prod]\n  zone: UTC\n  ${OPENS.replace("opens:", "allow:")}`,
      message: /unknown field "allow" in spec → did you mean "opens"\? Valid fields: /,
    },
    {
      spec: `accounts: [prod]\n  zone: UTC\n  ${AFTER}`,
      message: /zone needs opens → remove zone: without opens, the window limits no times/,
    },
    {
      spec: `accounts: [prod]\n  overrun: 5m\n  ${AFTER}`,
      message: /overrun needs opens → remove overrun/,
    },
    {
      spec: `accounts: [prod]\n  ${AFTER.replace("[staging]", "[stagin]")}`,
      message: /unknown account stagin.*did you mean staging\? → valid accounts: prod, staging$/,
    },
    {
      spec: `accounts: [prod]\n  ${AFTER.replace("[staging]", '["*"]')}`,
      message: /"\*" is not a name .*→ name the accounts, such as \[staging\]$/,
    },
    { spec: `accounts: [prod]\n  ${AFTER.replace("30m", "30")}`, message: /30 is read as a number/ },
    {
      spec: `accounts: [prod, staging]\n  ${AFTER}`,
      message:
        /waits for staging: changes in staging would never be written → write accounts: \[prod\], or some of them/,
    },
    {
      spec: `accounts: ["*"]\n  ${AFTER}`,
      message: /office applies to staging and waits for staging: changes in staging would never/,
    },
  ])("keeps what it applies to closed if it has an error: $message", ({ spec, message }) => {
    const { windows, problems } = compiled({ ...STAGING, [WINDOWS]: windowText(spec) });

    expect(problems).toEqual([expect.stringMatching(message)]);
    expect(windows).toMatchObject([{ name: "office", schedule: null }]);
    expect(windows[0]).not.toHaveProperty("after");
  });

  test("names each window of the circle with its account, and no window outside of it", () => {
    const third = "after: {accounts: [dev], verifiedFor: 5m}";
    const { problems } = compiled({
      ...STAGING,
      "platform/dev.yaml": accountText("dev", "555555555555"),
      [WINDOWS]: [
        windowText(`accounts: [prod]\n  ${AFTER}`),
        windowText(`accounts: [staging]\n  ${third}`, "third"),
        windowText(`accounts: [dev]\n  after: {accounts: [prod], verifiedFor: 5m}`, "back"),
        windowText(`accounts: [staging]\n  zone: UTC\n  ${OPENS}`, "times"),
      ].join("---\n"),
    });

    expect(problems).toEqual([
      expect.stringContaining(
        "ChangeWindow office applies to prod and waits for staging, ChangeWindow third applies to staging and waits for dev, ChangeWindow back applies to dev and waits for prod: changes in dev and prod and staging would never be written",
      ),
      expect.stringContaining("ChangeWindow third applies to staging and waits for dev, ChangeWindow back"),
      expect.stringContaining("ChangeWindow back applies to dev and waits for prod, ChangeWindow office"),
    ]);
  });

  test("is an error if two windows wait for each other, unless no namespace has both", () => {
    const back = "accounts: [staging]\n  after: {accounts: [prod], verifiedFor: 5m}";
    const both = (first: string, second: string) =>
      compiled({
        ...STAGING,
        [WINDOWS]: `${windowText(`accounts: [prod]\n  ${AFTER}${first}`)}---\n${windowText(`${back}${second}`, "back")}`,
      });
    const [orders, billing] = ["\n  namespaces: [orders]", "\n  namespaces: [billing]"];

    expect(both("", "").windows.map(({ schedule }) => schedule)).toEqual([null, null]);
    expect(both(orders, "").problems.filter((text) => text.includes("ever be written"))).toHaveLength(2);
    expect(both(orders, billing).problems.filter((text) => text.includes("ever be written"))).toEqual([]);
  });
});
