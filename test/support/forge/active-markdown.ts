import * as prettier from "prettier";

/** The part of the syntax tree that is used: that of the parser of Markdown with which the formatter works. */
interface MarkdownNode {
  readonly type: string;
  readonly value?: string;
  readonly url?: string;
  readonly children?: readonly MarkdownNode[];
}

interface Parser {
  parse(text: string, options: { readonly parser: "markdown" }): Promise<{ readonly ast: MarkdownNode }>;
}

/** Its types do not have it. */
const { __debug: parser } = prettier as unknown as { readonly __debug: Parser };

/** Elements without an effect, and the marker of our comments. */
const INERT_HTML = /^(<\/?code>|<br ?\/?>|<\/?details>|<\/?summary>|<!-- grantkeeper[^>]*-->)$/;
const ACTIVE_NODES = new Set([
  "link",
  "image",
  "linkReference",
  "imageReference",
  "definition",
  "footnoteReference",
]);
/** Forges make links of these outside of code: people, issues, merge requests, commits and addresses. */
const REFERENCES = /@\w|[#!]\d|\bGH-\d|\b[0-9a-f]{40}\b|https?:\/\/|www\./i;
/** Commands of GitHub, Azure Pipelines and GitLab, which they read from the lines of a text or a log. */
const COMMANDS = /^\s*(::[a-z]|##\[|##vso|\/[a-z])/im;
const UNPRINTABLE = /[\u0000-\u0008\u000b-\u001f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/;

/** Everything in a text of Markdown that does something: links, elements, mentions, references and commands. */
export async function activeParts(markdown: string): Promise<readonly string[]> {
  const { ast } = await parser.parse(markdown, { parser: "markdown" });
  const found: string[] = [];
  let codes = 0;
  const visit = ({ type, value = "", url = "", children = [] }: MarkdownNode): void => {
    if (ACTIVE_NODES.has(type)) found.push(`${type} ${url}`);
    if (type === "html" && !INERT_HTML.test(value)) found.push(`html ${value}`);
    if (value === "<code>") codes += 1;
    if (value === "</code>") codes -= 1;
    if (type === "text" && codes === 0 && REFERENCES.test(value)) found.push(`reference ${value}`);
    for (const child of children) visit(child);
  };
  visit(ast);
  if (codes !== 0) found.push("an element that does not end");
  return [...found, ...commandsIn(markdown)];
}

/** What a line of plain text may not have: other lines, what a reader would not see, and the half of a character. */
export function lineProblems(text: string): readonly string[] {
  return [
    ...(/[\n\r\u0085\u2028\u2029]/.test(text) ? ["another line"] : []),
    ...(UNPRINTABLE.test(text) ? ["a character that is not shown"] : []),
    ...(text.isWellFormed() ? [] : ["the half of a character"]),
  ];
}

/** What a runner would obey, or a reader would not see. */
function commandsIn(text: string): readonly string[] {
  return [
    ...(COMMANDS.test(text) ? [`command ${COMMANDS.exec(text)?.[0] ?? ""}`] : []),
    ...(UNPRINTABLE.test(text) ? ["a character that is not shown"] : []),
  ];
}

/** The types of the blocks and rows: a text of others must not change them. */
export async function structureOf(markdown: string): Promise<string> {
  const { ast } = await parser.parse(markdown, { parser: "markdown" });
  const shape = ({ type, children = [] }: MarkdownNode): string =>
    `${type}(${children
      .filter((child) => !INLINE.has(child.type))
      .map(shape)
      .join()})`;
  return shape(ast);
}

const INLINE = new Set(["text", "html", "sentence", "word", "whitespace", "break"]);

/** What an author may write into a manifest, with what it would do. */
export const HOSTILE_TEXTS: readonly (readonly [because: string, text: string])[] = [
  ["a mention", "@team @octocat"],
  ["references to issues and merge requests", "#1 GH-1 !2 org/repo#3"],
  ["a commit", "a".repeat(40)],
  ["a link", "[fine](https://evil.example)"],
  ["an image, which reports each reader", "![x](https://evil.example/x.png)"],
  ["a link with its target elsewhere", "[fine][1]\n\n[1]: https://evil.example"],
  ["addresses", "https://evil.example www.evil.example a@evil.example <https://evil.example>"],
  ["elements", "</code></td></table><img src=x onerror=alert(1)><script>alert(1)</script>"],
  ["a comment that hides the rest", "<!-- hidden"],
  ["our own marker", "<!-- grantkeeper:review -->"],
  ["a folded part", "<details><summary>fine</summary>"],
  ["commands of GitHub", "::set-output name=x::y\n::error::x\n::stop-commands::x"],
  ["commands of Azure Pipelines", "##vso[task.setvariable variable=x]y\n##[error]x"],
  ["quick actions of GitLab", "/approve\n/merge\n/assign @me"],
  ["a heading and a rule", "# fine\n\nfine\n====\n\n---"],
  ["cells of a table", "a | b \\| c \\\\| d |"],
  ["backticks", "` `` ``` ```` ````` ``````\n~~~\n"],
  ["entities", "&lt;img src=x&gt; &#64;team &#x40;team"],
  ["backslashes", "\\@team \\[x](y) \\"],
  ["a text that is read backwards", "\u202egnihton\u202c \u2066x\u2069"],
  ["null bytes and controls", "a\u0000b\u001b[31mc\u0007\u009b31m\u200b"],
  ["characters that a cut may divide", `a${"😀".repeat(300)}`],
  ["other ends of lines", "a\r\n/approve\u2028/approve\u0085/approve\u000b/approve"],
];

/** A name of 64 kB. */
export const LONG_TEXT = "@team [x](y) ".repeat(5_000);
