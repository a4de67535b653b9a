import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { githubText } from "../../../../src/workbench/reports/github.ts";
import { junitText } from "../../../../src/workbench/reports/junit.ts";
import { inert } from "../../../../src/text/markdown.ts";
import { markdownText } from "../../../../src/workbench/reports/markdown.ts";
import { REPORT, withProblem, anyReport } from "./reports.ts";

/** The names of all elements. @throws Error for text that is not well-formed XML 1.0 */
function elementsOf(xml: string): readonly string[] {
  const token =
    /<\?xml [^?]*\?>|<(\/?)([a-z-]+)((?: [a-z]+="(?:[^<>&"\n]|&(?:amp|lt|gt|quot|apos|#10);)*")*)(\/?)>|((?:[^<>&]|&(?:amp|lt|gt|quot|apos|#10);)+)/y;
  const [names, open]: [string[], string[]] = [[], []];
  while (token.lastIndex < xml.length) {
    const at = token.lastIndex;
    const found = token.exec(xml);
    if (found === null) throw new Error(`not well-formed at ${at}: ${xml.slice(at, at + 60)}`);
    const [, isEnd, name, , isEmpty] = found;
    if (name === undefined) continue;
    if (isEnd === "/" && open.pop() !== name) throw new Error(`</${name}> closes another element`);
    if (isEnd !== "/") names.push(name);
    if (isEnd !== "/" && isEmpty !== "/") open.push(name);
  }
  // XML 1.0 has no control characters.
  if (open.length > 0 || /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff]/.test(xml))
    throw new Error("not well-formed");
  return names;
}

describe("JUnit", () => {
  test("has a failed case for an error and a passed one for what has none", () => {
    const text = junitText(REPORT);

    expect(text).toContain('<testsuites name="grantkeeper validate" tests="2" failures="1" errors="0">');
    expect(text).toContain(
      '<testcase classname="teams/payments/refunds.yaml" name="ACT-001 teams/payments/refunds.yaml:20:7"><failure type="ACT-001" message="Action &quot;*&quot; allows every service">',
    );
    expect(text).toContain(
      '<testcase classname="grantkeeper validate" name="teams/orders/orders-api.yaml"/>',
    );
  });

  test("a warning is a passed case with its text, and what waits is skipped", () => {
    const text = junitText({
      ...withProblem({ level: "warning" }),
      waiting: [{ name: "orders/orders-api@prod", reason: "first enforcing run" }],
    });

    expect(text).toContain('failures="0" errors="0" skipped="1"');
    expect(text).toContain("<system-out>warning: teams/payments/refunds.yaml:20:7: Action");
    expect(text).toContain(
      'name="orders/orders-api@prod"><skipped message="first enforcing run"/></testcase>',
    );
  });

  test("is well-formed, with any text", () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        expect(elementsOf(junitText(report)).filter((name) => name === "testcase")).toHaveLength(4);
      }),
    );
  });
});

describe("GitHub annotations", () => {
  test("name the file, the line, the column and the rule", () => {
    expect(githubText(REPORT)).toBe(
      '::error file=teams/payments/refunds.yaml,line=20,col=7,title=ACT-001::Action "*" allows every service%0Ahint: list the actions that the code calls\n18 documents: 1 error, 0 warnings\n',
    );
  });

  test.each([
    { file: "a,line=1.yaml", becomes: "a%2Cline=1.yaml", because: "a comma would begin another property" },
    { file: "a:b.yaml", becomes: "a%3Ab.yaml", because: "a colon could end the properties" },
    { file: "50%.yaml", becomes: "50%25.yaml", because: "a percent sign begins an escape" },
  ])("$because", ({ file, becomes }) => {
    const text = githubText(withProblem({ place: { kind: "file", file, line: 1, column: 2 } }));

    expect(text).toContain(`::error file=${becomes},line=1,col=2,title=`);
  });

  test("every line but the summary is one command of ours, with any text", () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        const lines = githubText(report).split("\n");

        expect(lines).toHaveLength(6);
        expect(lines.slice(0, 4).map((line) => line.match(/^::[a-z]+/)?.[0])).toEqual([
          "::error",
          "::warning",
          "::notice",
          "::notice",
        ]);
        for (const line of lines.slice(0, 2))
          expect(line).toMatch(/^::[a-z]+ (file=[^:,]*,line=1,col=1,)?title=[^:,]*::/);
      }),
    );
  });
});

describe("Markdown", () => {
  test("is a heading with the summary and a table", () => {
    expect(markdownText(REPORT)).toBe(`### Grantkeeper validate: 18 documents: 1 error, 0 warnings

| Level | Place | Rule | Problem | Hint |
| --- | --- | --- | --- | --- |
| error | <code>teams/payments/refunds.yaml&#58;20&#58;7</code> | <code>ACT-001</code> | <code>Action &#34;&#42;&#34; allows every service</code> | <code>list the actions that the code calls</code> |
`);
  });

  test.each([
    { text: "a | b", because: "a bar would end the cell" },
    { text: "a \\| b", because: "an escaped bar too, if the backslash is escaped" },
    { text: "@octocat", because: "a mention would notify a stranger" },
    { text: "#1 GH-1 !2", because: "a number would link an issue" },
    { text: "<!-- hidden", because: "a comment would hide the rest" },
    { text: "<details><summary>fine</summary>", because: "an element would fold the rest" },
    { text: "[fine](https://evil.example)", because: "a link would lead elsewhere" },
    { text: "www.evil.example", because: "an address becomes a link by itself" },
    { text: "``` \n# fine", because: "a fence or a heading needs a line of its own" },
    { text: "a\u202eb", because: "a character that reverses the text is removed" },
  ])("$because", ({ text }) => {
    const [, body = ""] = inert(text).match(/^<code>(.*)<\/code>$/s) ?? [];

    expect(body).toMatch(/^([A-Za-z0-9 ,;/.-]|&#\d+;)*$/);
    expect(body).not.toMatch(/www\./i);
  });

  test("each problem is one row of five cells, with any text", () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        const lines = markdownText(report)
          .split("\n")
          .filter((line) => line.startsWith("|"));

        expect(lines).toHaveLength(4);
        for (const line of lines) {
          expect(line.split("|")).toHaveLength(7);
          expect(line.replaceAll(/<\/?code>/g, "")).not.toMatch(/[<>@`[\]\\*_]/);
        }
      }),
    );
  });

  test("a text of blanks is an empty cell", () => {
    expect(inert(" \u200b ")).toBe("");
  });
});
