/**
 * Enforces plain language: no avoided word in comments, strings, documents and identifiers, no two types of `src`
 * with one name of which one is exported, nor two exported functions, and few long sentences in the longest pages. With file names as arguments it reads only those.
 */
import { globSync, readFileSync } from "node:fs";
import ts from "typescript-api";
import { longSentences } from "./long-sentences.ts";
import {
  AVOIDED,
  AVOIDED_IN_COMMENTS,
  AVOIDED_IN_PAGES,
  EXCEPTIONS,
  MOST_LONG_SENTENCES,
  SHARED_TYPE_NAMES,
  VAGUE_TYPE_BEGINNING,
  VAGUE_TYPE_NAMES,
  type Avoided,
} from "./vocabulary.ts";

const SOURCES = ["{src,test,bench,demo,tools,bin}/**/*.{ts,tsx,mjs}"];
const PAGES = ["*.md", "{docs,src,test,deploy,manifests}/**/*.md"];
/** Files that people copy, and how this checkout is built: read line by line, as pages are. */
const SETTINGS = [
  "{deploy,examples,manifests}/**/*.{yaml,yml,service,sh}",
  "Dockerfile",
  "knip.jsonc",
  "{.oxlintrc.json,.dependency-cruiser.cjs,.ci/run}",
];
const SOURCE = /\.(tsx?|mjs)$/;
/** A declared type. */
const TYPE = /^(export )?(?:abstract )?(?:type|interface|class) (\w+)/gm;
/** An exported function. */
const FUNCTION = /^export (?:async )?function\*? (\w+)/gm;
/** A field or constant whose text is a hint. */
const HINT_FIELD = /^(fix|hint)$/;
const HINT_CONSTANT = /^([A-Z_]+_)?(FIX|HINT)$/;
/** A docstring of one phrase without its noun. */
const CLIPPED = /^\/\*\* (Of|As|Also) [^,.]*\. \*\/$/;
/** They name the words themselves. */
const VOCABULARY = ["tools/words/vocabulary.ts", "test/unit/tools/check-words.test.ts"];

interface Word {
  readonly line: number;
  readonly word: string;
  readonly instead: string;
}

const files =
  process.argv.length > 2 ? process.argv.slice(2) : globSync([...SOURCES, ...PAGES, ...SETTINGS]).sort();
const problems = [
  ...files.filter((file) => !VOCABULARY.includes(file)).flatMap(wordProblems),
  ...nameProblems(),
  ...functionProblems(),
  ...files.flatMap(sentenceProblems),
];
for (const problem of problems) console.error(problem);
console.log(`words: ${files.length} files, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;

function wordProblems(file: string): readonly string[] {
  const text = readFileSync(file, "utf8");
  const lines = text.split("\n");
  const words = SOURCE.test(file)
    ? wordsOfSource(file, text)
    : wordsOfText(text, 1, [...AVOIDED, ...AVOIDED_IN_PAGES]);
  return [...words, ...clippedDocstrings(lines, file)].flatMap(({ line, word, instead }) =>
    isException(file, lines[line - 1] ?? "") ? [] : [`${file}:${line}: "${word}": write ${instead}`],
  );
}

/** Such as `Of the new lease.` above an export: its reader does not see what it is about. */
function clippedDocstrings(lines: readonly string[], file: string): readonly Word[] {
  if (!file.startsWith("src/")) return [];
  return lines.flatMap((text, at) =>
    CLIPPED.test(text) && (lines[at + 1] ?? "").startsWith("export ")
      ? [{ line: at + 1, word: text, instead: "a noun first: what it is" }]
      : [],
  );
}

function isException(file: string, line: string): boolean {
  return EXCEPTIONS.some((each) => each.files.includes(file) && line.includes(each.line));
}

function wordsOfSource(file: string, text: string): readonly Word[] {
  const source = ts.createSourceFile(
    file.endsWith("x") ? "x.tsx" : "x.ts",
    text,
    ts.ScriptTarget.Latest,
    true,
  );
  const lineAt = (position: number): number => source.getLineAndCharacterOfPosition(position).line + 1;
  const found: Word[] = comments(text).flatMap(({ at, text: comment }) =>
    wordsOfText(comment, lineAt(at), [...AVOIDED, ...AVOIDED_IN_COMMENTS]),
  );
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node))
      found.push(...wordsOfName(node.text, lineAt(node.getStart())));
    if (isText(node)) found.push(...wordsOfText(node.text, lineAt(node.getStart())));
    if (file.startsWith("src/"))
      found.push(...hintsOf(node).map((text) => ({ ...hintForm(text), line: lineAt(node.getStart()) })));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found.toSorted((a, b) => a.line - b.line);
}

function isText(node: ts.Node): node is ts.LiteralLikeNode {
  if (ts.isJsxText(node)) return true;
  return ts.isStringLiteralLike(node) || ts.isTemplateMiddleOrTemplateTail(node) || ts.isTemplateHead(node);
}

/** The texts of a field or constant that has a hint, if they do not have the form of one. */
function hintsOf(node: ts.Node): readonly string[] {
  const isHint =
    (ts.isPropertyAssignment(node) && HINT_FIELD.test(node.name.getText())) ||
    (ts.isVariableDeclaration(node) && HINT_CONSTANT.test(node.name.getText()));
  if (!isHint || node.initializer === undefined) return [];
  return textsOf(node.initializer).filter((text) => !isHintText(text));
}

/** The texts of an expression that is a text, or a choice of two. */
function textsOf(node: ts.Expression): readonly string[] {
  if (ts.isParenthesizedExpression(node)) return textsOf(node.expression);
  if (ts.isConditionalExpression(node)) return [...textsOf(node.whenTrue), ...textsOf(node.whenFalse)];
  return ts.isStringLiteralLike(node) || ts.isTemplateExpression(node) ? [node.getText().slice(1, -1)] : [];
}

/** A name keeps its capital: `Team`, `Grantkeeper`. */
function isHintText(text: string): boolean {
  return !/^(?!(Grantkeeper|Team)\b)[A-Z][a-z]+[ ,]/.test(text) && !/[a-z)`"']\.$/.test(text);
}

function hintForm(text: string): Omit<Word, "line"> {
  return { word: text, instead: "a hint: lower case at its beginning, no full stop at its end" };
}

function comments(text: string): readonly { readonly at: number; readonly text: string }[] {
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, false, ts.LanguageVariant.Standard, text);
  const found: { at: number; text: string }[] = [];
  const templates: number[] = [];
  for (let token = scanner.scan(); token !== ts.SyntaxKind.EndOfFileToken; token = scanner.scan()) {
    if (token === ts.SyntaxKind.MultiLineCommentTrivia || token === ts.SyntaxKind.SingleLineCommentTrivia)
      found.push({ at: scanner.getTokenStart(), text: scanner.getTokenText() });
    if (token === ts.SyntaxKind.TemplateHead) templates.push(0);
    if (token === ts.SyntaxKind.OpenBraceToken && templates.length > 0)
      templates.push((templates.pop() ?? 0) + 1);
    if (token === ts.SyntaxKind.CloseBraceToken && templates.length > 0) {
      const depth = templates.pop() ?? 0;
      if (depth > 0) templates.push(depth - 1);
      else if (scanner.reScanTemplateToken(false) !== ts.SyntaxKind.TemplateTail) templates.push(0);
    }
  }
  return found;
}

function wordsOfText(text: string, firstLine: number, avoided: readonly Avoided[] = AVOIDED): Word[] {
  return text
    .split("\n")
    .flatMap((line, at) =>
      avoided.flatMap(({ text: pattern, instead }) =>
        [...line.matchAll(pattern)].map(([word]) => ({ line: firstLine + at, word, instead })),
      ),
    );
}

function wordsOfName(name: string, line: number): Word[] {
  const parts = new Set(
    name
      .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
      .toLowerCase()
      .split(/[^a-z]+/),
  );
  return AVOIDED.filter(({ names }) => names.some((each) => parts.has(each))).map(({ instead }: Avoided) => ({
    line,
    word: name,
    instead,
  }));
}

/** Only pages that were rewritten in short sentences have a limit. */
function sentenceProblems(file: string): readonly string[] {
  const most = MOST_LONG_SENTENCES[file];
  if (most === undefined) return [];
  const long = longSentences(readFileSync(file, "utf8"));
  if (long.length <= most) return [];
  return long.map(
    ({ line, words }) =>
      `${file}:${line}: a sentence of ${words} words: split it; the page may have ${most} such sentences, and has ${long.length}`,
  );
}

/** One name, one thing; and a name that shows which thing it is. */
function nameProblems(): readonly string[] {
  const declared = globSync("src/**/*.{ts,tsx}")
    .sort()
    .flatMap((file) =>
      [...readFileSync(file, "utf8").matchAll(TYPE)].map(([, exported, name = ""]) => ({
        file,
        name,
        isExported: exported !== undefined,
      })),
    );
  const exported = declared.filter(({ isExported }) => isExported);
  const exporters = new Map(exported.map(({ name, file }) => [name, file]));
  return [
    ...[...Map.groupBy(exported, ({ name }) => name)]
      .filter(([name, files]) => files.length > 1 && SHARED_TYPE_NAMES[name] === undefined)
      .map(([name, files]) => `${files.map(({ file }) => file).join(", ")}: each exports a type "${name}"`),
    ...declared
      .filter(({ name, file, isExported }) => !isExported && (exporters.get(name) ?? file) !== file)
      .map(
        ({ file, name }) =>
          `${file}: type "${name}": ${exporters.get(name) ?? ""} exports another one of this name`,
      ),
    ...declared
      .filter(({ name }) => VAGUE_TYPE_NAMES.has(name) || VAGUE_TYPE_BEGINNING.test(name))
      .map(({ file, name }) => `${file}: type "${name}": write what it is, such as HeldClaims`),
  ];
}

/** A stranger who searches for the name of an exported function finds one. */
function functionProblems(): readonly string[] {
  const exported = globSync("src/**/*.{ts,tsx}")
    .sort()
    .flatMap((file) =>
      [...readFileSync(file, "utf8").matchAll(FUNCTION)].map(([, name = ""]) => ({ file, name })),
    );
  return [...Map.groupBy(exported, ({ name }) => name)]
    .filter(([, files]) => files.length > 1)
    .map(([name, files]) => `${files.map(({ file }) => file).join(", ")}: each exports a function "${name}"`);
}
