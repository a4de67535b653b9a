import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { compiledText } from "../../src/diff/documents/compiled-texts.ts";
import { compile, type Compilation } from "../../src/manifest/compile/compile.ts";
import { parseFile } from "../../src/manifest/parse/parse.ts";
import { DEFAULT_MANIFEST_LIMITS } from "../../src/manifest/parse/parsed.ts";
import { refusedFile } from "../../src/manifest/parse/refused.ts";
import type { DesiredBinding } from "../../src/model/desired.ts";
import type { Snapshot } from "../../src/model/snapshot.ts";
import { readFolder } from "../../src/source/folder.ts";
import { readLocalRevision } from "../../src/source/local-repository.ts";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../support/fc-runs.ts";
import { git } from "../support/git/git-repository.ts";
import { LIMITS, PATHS, SILENT } from "../support/git/git-source.ts";
import { COMPILE_CONTEXT, functionText, parseText, PLATFORM_FILES } from "../support/manifests.ts";

const PLATFORM = Object.entries(PLATFORM_FILES).map(([path, text]) => parseText(path, text));
const FILE = "teams/orders/a.yaml";

/** Everything a compilation reports and desires, with the order of its maps. */
function textOf(compilation: Compilation): string {
  return JSON.stringify(compilation, (_, value: unknown) => (value instanceof Map ? [...value] : value));
}

/** Few ordinary characters, and often one that changes what a reader sees, ends a line, or has no UTF-8 form. */
const character = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(..."abcXYZ019-_./:é".split("")) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ..."\r\n\t\u0000\u0007\u001b\u007f\u0085\u00a0\u00ad\u200b\u200e\u2028\u2029\u202e\ufeff\uffff".split(
        "",
      ),
      "😀",
      "\ud800",
      "\udc00",
    ),
  },
);
const value = fc.array(character, { minLength: 1, maxLength: 8 }).map((parts) => parts.join(""));

/** The forms in which a value can be written; a raw one may be broken YAML, or another value. */
const written = fc
  .tuple(value, fc.constantFrom("json", "json", "quoted", "plain", "block"))
  .map(([text, form]) => {
    if (form === "json") return { text, yaml: JSON.stringify(text) };
    if (form === "quoted") return { text, yaml: `'${text.replaceAll("'", "''")}'` };
    return { text, yaml: form === "plain" ? text : `|\n            ${text}` };
  });

interface Drawn {
  readonly description: string;
  readonly tag: string;
  readonly condition: string;
}

function documentOf({ description, tag, condition }: Drawn, name: string): string {
  return functionText(
    name,
    `  role:
    description: ${description}
    tags:
      cost-center: ${tag}
  statements:
    - reason: r
      statement:
        Effect: Deny
        Action: ["dynamodb:*"]
        Resource: "*"
        Condition:
          StringEquals:
            aws:SourceVpc: ${condition}
`,
  );
}

const CONTROL = /[\u0000-\u001f\u007f-\u009f\u00ad\u2028-\u202e\ufeff\uffff]/;

function stringsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (value instanceof Map) return [...value].flatMap(stringsIn);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => [name, ...stringsIn(member)]);
}

type Written = { readonly text: string; readonly yaml: string };

/** What is wrong with an accepted document as it is sent to AWS. */
function faultsOf(
  { role, callers }: DesiredBinding,
  drawn: Readonly<Record<keyof Drawn, Written>>,
): readonly string[] {
  const wire = compiledText(role.inline) ?? "";
  const { Statement: statements } = JSON.parse(wire) as {
    Statement: readonly { Effect: string; Condition?: Record<string, Record<string, string>> }[];
  };
  const deny = statements.find(({ Effect }) => Effect === "Deny");
  const sent: Readonly<Record<keyof Drawn, string | undefined>> = {
    description: role.description,
    tag: role.tags.find(({ key }) => key === "cost-center")?.value,
    condition: deny?.Condition?.["StringEquals"]?.["aws:SourceVpc"],
  };
  const all = [role.description, wire, ...stringsIn(role.tags), ...stringsIn(callers)];
  const isQuoted = Object.values(drawn).every(({ yaml }) => yaml.startsWith('"'));
  const changed = (["description", "tag", "condition"] as const).filter(
    (name) => isQuoted && sent[name] !== drawn[name].text,
  );
  return [
    ...all.filter((text) => CONTROL.test(text)).map((text) => `control character in ${text}`),
    ...all.filter((text) => !text.isWellFormed()).map((text) => `no UTF-8 form: ${text}`),
    ...changed.map((name) => `${name} is sent as ${sent[name]}`),
  ];
}

test(
  "an accepted text has no control character and is sent as written",
  () => {
    fc.assert(
      fc.property(written, written, written, (description, tag, condition) => {
        const drawn = { description: description.yaml, tag: tag.yaml, condition: condition.yaml };
        const files = [...PLATFORM, parseText(FILE, documentOf(drawn, "a"))];
        const { desired, diagnostics } = compile(files, COMPILE_CONTEXT);
        const bindings = [...desired.bindings.values()];
        const errors = diagnostics.filter(({ severity }) => severity === "error").length;

        expect(bindings.flatMap((binding) => faultsOf(binding, { description, tag, condition }))).toEqual([]);
        expect(bindings.length > 0 || errors > 0).toBe(true);
      }),
      { numRuns: FC_RUNS },
    );
  },
  LAW_TIMEOUT_MS,
);

const documents = fc.array(
  fc.record({
    name: fc.constantFrom("a", "b", "c"),
    drawn: fc.record({
      description: fc.constantFrom("x", '"x y"', "|-\n      x"),
      tag: fc.constantFrom("y", "'y'", ">-\n        y"),
      condition: fc.constantFrom("vpc-123", '"vpc-123"', "[vpc-1, vpc-2]"),
    }),
  }),
  { minLength: 1, maxLength: 4 },
);

/** The text with the line ends that are drawn for its lines, in turn. */
function withEnds(text: string, ends: readonly string[]): string {
  const lines = text.split("\n");
  return lines
    .map((line, index) => line + (index < lines.length - 1 ? (ends[index % ends.length] ?? "\n") : ""))
    .join("");
}

test(
  "a file has the same meaning with any line ends and with a byte order mark",
  () => {
    const ends = fc.array(fc.constantFrom("\n", "\r\n"), { minLength: 1, maxLength: 7 });

    fc.assert(
      fc.property(
        documents,
        ends,
        fc.constantFrom("", "\ufeff"),
        fc.boolean(),
        (list, lineEnds, mark, isOpen) => {
          const joined = list.map(({ name, drawn }) => documentOf(drawn, name)).join("---\n");
          const text = isOpen ? joined.trimEnd() : joined;
          const unix = compile([...PLATFORM, parseText(FILE, text)], COMPILE_CONTEXT);
          const other = parseText(FILE, mark + withEnds(text, lineEnds));

          expect(textOf(compile([...PLATFORM, other], COMPILE_CONTEXT))).toBe(textOf(unix));
        },
      ),
      { numRuns: FC_RUNS },
    );
  },
  LAW_TIMEOUT_MS,
);

/** One entry of a working tree. */
type Entry =
  { readonly kind: "file"; readonly text: string } | { readonly kind: "link"; readonly target: string };

const fileText = fc.oneof(
  documents.map((list) => list.map(({ name, drawn }) => documentOf(drawn, name)).join("---\n")),
  fc.constantFrom(
    "version https://git-lfs.github.com/spec/v1\noid sha256:1\n",
    "a: \u0007\r\n",
    "\ufeffkind: X\r",
    "",
    "a\u0000b",
  ),
);
const entry: fc.Arbitrary<Entry> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("file" as const), text: fileText }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("link" as const),
      target: fc.constantFrom("a.yaml", "..v", "../search", "/nonexistent", "..data/a.yaml"),
    }),
  },
);
const tree = fc.record({
  entries: fc.dictionary(
    fc.constantFrom(
      "teams/orders/a.yaml",
      "teams/orders/..data",
      "teams/orders/..v/a.yaml",
      "teams/search/b.yaml",
      "teams/search/ignored.yaml",
      "teams/x",
      "platform/p.yaml",
      "team/c.yaml",
      "teams/orders/n\tame.yaml",
    ),
    entry,
    { maxKeys: 6 },
  ),
  ends: fc.array(fc.constantFrom("\n", "\r\n"), { minLength: 1, maxLength: 5 }),
  attributes: fc.constantFrom(
    "",
    "* text=auto\n",
    "*.yaml text eol=crlf\n",
    "*.yaml -text\n",
    "*.yaml filter=x\n",
  ),
  ignored: fc.constantFrom("", "ignored*\n", "/teams/x\n", "*\n"),
});

const { signal } = new AbortController();

async function writeTree(root: string, drawn: Record<string, Entry>, ends: readonly string[]): Promise<void> {
  for (const [path, one] of Object.entries(drawn)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    if (one.kind === "file") await writeFile(join(root, path), withEnds(one.text, ends));
    else await symlink(one.target, join(root, path));
  }
}

/** As `validate` compiles it, and as the controller does at its first revision. */
function compiled({ files, refused }: Snapshot): string {
  const parsed = [
    ...files.map((file) => parseFile(file, DEFAULT_MANIFEST_LIMITS)),
    ...refused.map((one) => refusedFile(one, false)),
  ];
  return textOf(compile([...PLATFORM, ...parsed], COMPILE_CONTEXT));
}

test(
  "a working tree is read like the commit that is made from it",
  async () => {
    const root = await mkdtemp(join(tmpdir(), "source-bytes-"));
    let count = 0;
    const law = fc.asyncProperty(tree, async ({ entries, ends, attributes, ignored }) => {
      count += 1;
      const work = join(root, String(count));
      await git(root, ["init", "--quiet", work]);
      await git(work, ["commit", "--quiet", "--allow-empty", "-m", "empty"]);
      await writeFile(join(work, ".gitattributes"), attributes);
      await writeFile(join(work, ".gitignore"), ignored);
      await writeTree(work, entries, ends);
      const request = { root: work, paths: PATHS, limits: LIMITS, timeoutMs: 20_000 };

      const once = { name: "directory", rules: "git", debounceMs: 0, telemetry: SILENT } as const;
      const { snapshot } = await readFolder({ ...request, ...once }, signal);
      await git(work, ["add", "--all"]);
      await git(work, ["commit", "--quiet", "--allow-empty", "-m", "all"]);
      const commit = await readLocalRevision(request, "HEAD", signal);

      // A file with a filter is not known before it is committed: it is refused then, never read as something else.
      const filtered = new Set(
        snapshot.refused.filter(({ reason }) => reason === "filtered").map(({ path }) => path),
      );
      const others = {
        ...commit,
        files: commit.files.filter(({ path }) => !filtered.has(path)),
        refused: commit.refused.filter(({ path }) => !filtered.has(path)),
      };
      const shown = { ...snapshot, refused: snapshot.refused.filter(({ path }) => !filtered.has(path)) };
      expect(shown.files.map(({ path, oid }) => [path, oid])).toEqual(
        others.files.map(({ path, oid }) => [path, oid]),
      );
      expect(shown.refused).toEqual(others.refused);
      expect(compiled(shown)).toBe(compiled(others));
    });

    try {
      await fc.assert(law, { numRuns: Math.ceil(FC_RUNS / 14) });
    } finally {
      await rm(root, { recursive: true, force: true, maxRetries: 3 });
    }
  },
  LAW_TIMEOUT_MS,
);
