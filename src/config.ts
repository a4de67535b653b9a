import { readFileSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import { isMap, isScalar, LineCounter, parseDocument as parseYaml } from "yaml";
import { z } from "zod";
import { characterName, decodeFile, refusedInText, refusedInValue } from "./model/file-text.ts";
import { parseInstanceName, parseNamespace, type InstanceName } from "./model/ids.ts";
import { parseDurationMs } from "./model/duration.ts";
import { DEFAULT_LIMITS, type Limits } from "./model/limits.ts";
import { lowerMode, type Mode } from "./model/mode.ts";
import { err, ok, type Result } from "./model/result.ts";

/** The operator's word, checked as a whole and frozen; `grantkeeper.yaml` in resources.md. */
export interface Config {
  readonly file: string;
  readonly instance: InstanceName;
  readonly stateDir: string;
  readonly mode: Mode;
  readonly source: SourceConfig;
  readonly sweepMs: number;
  readonly limits: Limits;
  readonly sizes: SizeLimits;
  readonly http: { readonly host: string; readonly port: number };
  readonly tokens: readonly TokenConfig[];
  readonly webhookSecretFile: string | null;
  readonly alerts: readonly AlertRoute[];
  readonly aws: AwsConfig;
}

interface SizeLimits {
  readonly fileBytes: number;
  readonly files: number;
  readonly documentsPerFile: number;
  readonly snapshotBytes: number;
}

type SourceConfig = SourcePaths &
  (
    | {
        readonly kind: "git";
        readonly url: string;
        readonly ref: { readonly kind: "branch" | "tag" | "commit"; readonly name: string };
        readonly auth: GitAuth;
      }
    | { readonly kind: "directory"; readonly path: string; readonly allowEnforce: boolean }
  );

interface SourcePaths {
  readonly name: string;
  readonly intervalMs: number;
  readonly platformPath: string;
  readonly tenantPath: string;
}

type GitAuth =
  | { readonly kind: "none" }
  | { readonly kind: "token"; readonly tokenFile: string }
  | { readonly kind: "basic"; readonly username: string; readonly passwordFile: string };

interface TokenConfig {
  readonly name: string;
  /** SHA-256 of the token, hex. */
  readonly sha256: string;
  readonly scopes: readonly TokenScope[];
  /** `*` for all. */
  readonly namespaces: readonly string[];
  readonly expires: string;
}

type TokenScope = "read" | "reconcile" | "suspend" | "approve";

interface AlertRoute {
  readonly name: string;
  readonly webhook: string;
  readonly secretFile: string;
  readonly namespaces: readonly string[];
  readonly severity: "security" | "other";
}

interface AwsConfig {
  readonly endpoint: string | null;
  readonly simulator: boolean;
  /** Overrides for every account; under `simulator: true` only. */
  readonly settleMs: number | null;
  readonly deleteQuietMs: number | null;
  readonly revertOtherMs: number | null;
}

/** One thing wrong with the configuration: where, what, and what is expected. */
export interface ConfigProblem {
  readonly where: string;
  readonly message: string;
}

export interface ConfigInput {
  readonly file: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly flags: ConfigFlags;
}

/** Flags overrule `GRANTKEEPER_*`, which overrules the file. */
export interface ConfigFlags {
  readonly observe: boolean;
  readonly stateDir: string | null;
  readonly listen: string | null;
}

const name = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "expected lower-case letters, digits and dashes");
const address = z.string().refine((text) => parseListen(text) !== undefined, {
  error: ({ input }) => `expected HOST:PORT, got "${String(input)}"`,
});
const duration = z
  .string()
  .meta({ description: "a duration, such as `5m`" })
  .transform((text, context) => {
    const ms = parseDurationMs(text);
    if (ms !== undefined) return ms;
    context.addIssue({
      code: "custom",
      message: `expected a duration such as 30s, 5m, 24h or 7d, got "${text}"`,
    });
    return z.NEVER;
  });
const positive = z.number().int().positive();
const mode = z.enum(["observe", "enforce"]);

const git = z
  .strictObject({
    url: z.string().min(1),
    branch: z.string().min(1).optional(),
    tag: z.string().min(1).optional(),
    commit: z
      .string()
      .regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/, "expected a full commit id")
      .optional(),
    tokenFile: z.string().min(1).optional(),
    username: z.string().min(1).optional(),
    passwordFile: z.string().min(1).optional(),
  })
  .refine(
    (g) => [g.branch, g.tag, g.commit].filter((ref) => ref !== undefined).length === 1,
    "expected exactly one of branch, tag, commit",
  )
  .refine(
    (g) => (g.username === undefined) === (g.passwordFile === undefined),
    "username and passwordFile belong together",
  )
  .refine(
    (g) => g.tokenFile === undefined || g.username === undefined,
    "expected either tokenFile or username with passwordFile",
  );

const source = z
  .strictObject({
    name,
    git: git.optional(),
    directory: z
      .strictObject({ path: z.string().min(1), allowEnforce: z.boolean().default(false) })
      .optional(),
    interval: duration.default(60_000),
    platformPath: z.string().min(1).default("platform"),
    tenantPath: z.string().min(1).default("teams"),
  })
  .refine(
    (s) => (s.git === undefined) !== (s.directory === undefined),
    "expected exactly one of git, directory",
  );

/** What may stand in grantkeeper.yaml; docs/operating.md lists it. */
export const operatorSchema = z.strictObject({
  instance: z
    .string()
    .refine((text) => parseInstanceName(text) !== undefined, "expected [a-z0-9-], 1 to 32 characters"),
  stateDir: z.string().min(1),
  mode: mode.default("observe"),
  sources: z.array(source).length(1, "expected a list of exactly one source (more are not in this version)"),
  sweep: duration.default(300_000),
  limits: z
    .strictObject({
      deletes: z.number().int().nonnegative().default(DEFAULT_LIMITS.deletes),
      changedCount: z.number().int().nonnegative().default(DEFAULT_LIMITS.changedCount),
      changedShare: z.number().min(0).max(1).default(DEFAULT_LIMITS.changedShare),
      fileBytes: positive.default(1_048_576),
      files: positive.default(50_000),
      documentsPerFile: positive.default(1_000),
      snapshotBytes: positive.default(268_435_456),
    })
    .prefault({}),
  http: z.strictObject({ listen: address.default("127.0.0.1:8085") }).prefault({}),
  tokens: z
    .array(
      z.strictObject({
        name,
        sha256: z.string().regex(/^[0-9a-f]{64}$/, "expected the SHA-256 of the token, 64 hex digits"),
        scopes: z.array(z.enum(["read", "reconcile", "suspend", "approve"])).min(1),
        namespaces: z.array(z.string()).min(1),
        expires: z.iso.datetime({ offset: true, message: "expected an ISO 8601 time with zone, quoted" }),
      }),
    )
    .default([]),
  webhooks: z
    .strictObject({ generic: z.strictObject({ secretFile: z.string().min(1) }).optional() })
    .prefault({}),
  alerts: z
    .array(
      z.strictObject({
        name: name.optional(),
        webhook: z.url({ protocol: /^https?$/, message: "expected an http or https URL" }),
        secretFile: z.string().min(1),
        namespaces: z.array(z.string()).min(1).default(["*"]),
        severity: z.enum(["security", "other"]).default("other"),
      }),
    )
    .default([]),
  aws: z
    .strictObject({
      endpoint: z
        .url({ protocol: /^https?$/, message: "expected an http or https URL" })
        .nullable()
        .default(null),
      simulator: z.boolean().default(false),
      settle: duration.optional(),
      deleteQuiet: duration.optional(),
      revert: z.strictObject({ other: duration }).optional(),
    })
    .prefault({}),
});

type Parsed = z.infer<typeof operatorSchema>;

/** The process's environment: read here and nowhere else. */
export function environment(): ConfigInput["env"] {
  return process.env;
}

/** Reads file, environment and flags once. Every problem at once, each with what is expected. */
export function loadConfig(input: ConfigInput): Result<Config, readonly ConfigProblem[]> {
  const text = readText(input.file);
  if (text.kind === "err") return err([text.error]);
  const raw = parseText(text.value, input.file);
  if (raw.kind === "err") return raw;
  const overruled = overrule(raw.value.value, input);
  const parsed = operatorSchema.safeParse(overruled);
  if (!parsed.success) {
    return err(parsed.error.issues.flatMap((issue) => problemsOf(issue, raw.value)));
  }
  return assemble(parsed.data, input, (path) => raw.value.where(path));
}

function readText(file: string): Result<string, ConfigProblem> {
  try {
    return textOf(file, readFileSync(file));
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? "error";
    return err({
      where: file,
      message: `the configuration cannot be read (${code}); name another with --config`,
    });
  }
}

function textOf(file: string, bytes: Uint8Array): Result<string, ConfigProblem> {
  const decoded = decodeFile(bytes);
  if (decoded.kind === "not-utf-8") {
    const { line, offset } = decoded;
    return err({ where: `${file}:${line}:1`, message: `the file is not UTF-8 at byte ${offset}` });
  }
  const wrong = refusedInText(decoded.text);
  if (wrong < 0) return ok(decoded.text);
  const before = decoded.text.slice(0, wrong).split("\n");
  const where = `${file}:${before.length}:${(before.at(-1) ?? "").length + 1}`;
  return err({ where, message: `the character ${characterName(decoded.text, wrong)} is not allowed` });
}

interface RawConfig {
  readonly value: Record<string, unknown>;
  /** `file:line:column path` of the nearest node that exists. */
  readonly where: Where;
  /** The same for a field's name, which stands there also when its value is not. */
  readonly whereKey: Where;
}

function parseText(text: string, file: string): Result<RawConfig, readonly ConfigProblem[]> {
  const lines = new LineCounter();
  const document = parseYaml(text, { lineCounter: lines, schema: "core", uniqueKeys: true });
  const problems = [...document.errors, ...document.warnings].map((problem) => ({
    where: `${file}:${lines.linePos(problem.pos[0]).line}:${lines.linePos(problem.pos[0]).col}`,
    message: problem.message.split("\n")[0] ?? "not YAML",
  }));
  if (problems.length > 0) return err(problems);
  const value: unknown = document.toJS({ maxAliasCount: 0 });
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return err([{ where: `${file}:1:1`, message: "expected a mapping with instance, stateDir and sources" }]);
  }
  const hidden = hiddenCharacters(value, []).map(({ path, name }) => ({
    where: place(document, lines, file, path),
    message: `the character ${name} is not allowed in a value`,
  }));
  if (hidden.length > 0) return err(hidden);
  return ok({
    value: value as Record<string, unknown>,
    where: (path) => place(document, lines, file, path),
    whereKey: (path) => keyPlace(document, lines, file, path) ?? place(document, lines, file, path),
  });
}

/** Control characters that an escape or a block scalar brought into a value: no field of this file can have one. */
function hiddenCharacters(
  value: unknown,
  path: readonly PropertyKey[],
): readonly { readonly path: readonly PropertyKey[]; readonly name: string }[] {
  if (typeof value === "string") {
    const wrong = refusedInValue(value);
    return wrong < 0 ? [] : [{ path, name: characterName(value, wrong) }];
  }
  if (typeof value !== "object" || value === null) return [];
  const isList = Array.isArray(value);
  return Object.entries(value).flatMap(([name, member]) =>
    hiddenCharacters(member, [...path, isList ? Number(name) : name]),
  );
}

function place(
  document: ReturnType<typeof parseYaml>,
  lines: LineCounter,
  file: string,
  path: readonly PropertyKey[],
): string {
  const keys = path.map((part) => (typeof part === "symbol" ? part.toString() : part));
  for (let depth = keys.length; depth > 0; depth -= 1) {
    const node = document.getIn(keys.slice(0, depth), true) as { range?: readonly number[] } | undefined;
    const offset = node?.range?.[0];
    if (offset === undefined) continue;
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col} ${keys.join(".")}`;
  }
  return `${file} ${keys.join(".")}`.trimEnd();
}

function keyPlace(
  document: ReturnType<typeof parseYaml>,
  lines: LineCounter,
  file: string,
  path: readonly PropertyKey[],
): string | undefined {
  const owner = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (!isMap(owner)) return undefined;
  const pair = owner.items.find(({ key }) => isScalar(key) && String(key.value) === String(path.at(-1)));
  const offset = isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
  if (offset === undefined) return undefined;
  const { line, col } = lines.linePos(offset);
  return `${file}:${line}:${col} ${path.map(String).join(".")}`;
}

function problemsOf(issue: z.core.$ZodIssue, { where, whereKey }: RawConfig): readonly ConfigProblem[] {
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({
      where: whereKey([...issue.path, key]),
      message: `unknown field "${key}"`,
    }));
  const message = issue.code === "invalid_value" ? `expected ${oneOf(issue.values)}` : issue.message;
  return [{ where: where(issue.path), message }];
}

/** `"a", "b" or "c"`. */
function oneOf(values: readonly unknown[]): string {
  const quoted = values.map((value) => JSON.stringify(value));
  return [quoted.slice(0, -1).join(", "), quoted.at(-1)].filter((part) => part !== "").join(" or ");
}

function overrule(value: Record<string, unknown>, { env, flags }: ConfigInput): Record<string, unknown> {
  const stateDir = flags.stateDir ?? given(env["GRANTKEEPER_STATE_DIR"]);
  const listen = flags.listen ?? given(env["GRANTKEEPER_LISTEN"]);
  const wantedMode = given(env["GRANTKEEPER_MODE"]);
  return {
    ...value,
    ...(stateDir === undefined ? {} : { stateDir }),
    ...(listen === undefined ? {} : { http: { listen } }),
    ...(wantedMode === undefined ? {} : { mode: wantedMode }),
  };
}

/** An empty variable is as good as none: that is how CI and shells switch one off. */
function given(variable: string | undefined): string | undefined {
  return variable === "" ? undefined : variable;
}

type Where = (path: readonly PropertyKey[]) => string;

function assemble(
  parsed: Parsed,
  input: ConfigInput,
  where: Where,
): Result<Config, readonly ConfigProblem[]> {
  const problems = [...crossProblems(parsed, where)];
  const instance = parseInstanceName(parsed.instance);
  const http = parseListen(parsed.http.listen);
  const [first] = parsed.sources;
  if (instance === undefined || http === undefined || first === undefined || problems.length > 0)
    return err(problems);
  const relative = (path: string): string => (isAbsolute(path) ? path : resolve(input.file, "..", path));
  const { deletes, changedCount, changedShare, ...sizes } = parsed.limits;
  const config: Config = {
    file: input.file,
    instance,
    stateDir: relative(parsed.stateDir),
    mode: lowerMode(parsed.mode, input.flags.observe ? "observe" : "enforce"),
    source: sourceConfig(first, relative),
    sweepMs: parsed.sweep,
    limits: { deletes, changedCount, changedShare },
    sizes,
    http,
    tokens: parsed.tokens,
    webhookSecretFile:
      parsed.webhooks.generic === undefined ? null : relative(parsed.webhooks.generic.secretFile),
    alerts: parsed.alerts.map((route, index) => ({
      ...route,
      name: route.name ?? `route-${index + 1}`,
      secretFile: relative(route.secretFile),
    })),
    aws: {
      endpoint: parsed.aws.endpoint,
      simulator: parsed.aws.simulator,
      settleMs: parsed.aws.settle ?? null,
      deleteQuietMs: parsed.aws.deleteQuiet ?? null,
      revertOtherMs: parsed.aws.revert?.other ?? null,
    },
  };
  return ok(deepFreeze(config));
}

function sourceConfig(parsed: Parsed["sources"][number], relative: (path: string) => string): SourceConfig {
  const paths = {
    name: parsed.name,
    intervalMs: parsed.interval,
    platformPath: parsed.platformPath,
    tenantPath: parsed.tenantPath,
  };
  if (parsed.directory !== undefined) {
    return {
      ...paths,
      kind: "directory",
      path: relative(parsed.directory.path),
      allowEnforce: parsed.directory.allowEnforce,
    };
  }
  if (parsed.git === undefined) throw new Error("a source is git or directory");
  const { url, branch, tag, commit, tokenFile, username, passwordFile } = parsed.git;
  const ref =
    branch !== undefined
      ? ({ kind: "branch", name: branch } as const)
      : tag !== undefined
        ? ({ kind: "tag", name: tag } as const)
        : ({ kind: "commit", name: commit ?? "" } as const);
  const auth: GitAuth =
    tokenFile !== undefined
      ? { kind: "token", tokenFile: relative(tokenFile) }
      : username !== undefined && passwordFile !== undefined
        ? { kind: "basic", username, passwordFile: relative(passwordFile) }
        : { kind: "none" };
  return { ...paths, kind: "git", url: isRelativePath(url) ? relative(url) : url, ref, auth };
}

/** `./perms` beside the operator's file; any other text is a URL or an absolute path. */
function isRelativePath(url: string): boolean {
  return /^\.{1,2}(\/|$)/.test(url);
}

/** What one field alone cannot say. Minima on AWS: resources.md "The operator's file". */
function* crossProblems(parsed: Parsed, where: Where): Generator<ConfigProblem> {
  const { aws } = parsed;
  if (aws.endpoint !== null && !aws.simulator) {
    yield {
      where: where(["aws", "endpoint"]),
      message: "a custom endpoint is refused unless aws.simulator is true",
    };
  }
  if (!aws.simulator) {
    for (const field of ["settle", "deleteQuiet", "revert"] as const) {
      if (aws[field] !== undefined)
        yield {
          where: where(["aws", field]),
          message: `aws.${field} is allowed under aws.simulator: true only; on AWS the account says it`,
        };
    }
    if (parsed.sweep < 60_000) yield { where: where(["sweep"]), message: "expected at least 1m on AWS" };
  }
  for (const [index, token] of parsed.tokens.entries()) {
    const wrong = token.namespaces.filter(
      (namespace) => namespace !== "*" && parseNamespace(namespace) === undefined,
    );
    for (const namespace of wrong)
      yield {
        where: where(["tokens", index, "namespaces"]),
        message: `"${namespace}" is no namespace (expected a team's folder or "*")`,
      };
  }
  const names = parsed.tokens.map((token) => token.name);
  for (const [index, token] of names.entries()) {
    if (names.indexOf(token) !== index)
      yield {
        where: where(["tokens", index, "name"]),
        message: `a token named "${token}" stands above already`,
      };
  }
  const directory = parsed.sources[0]?.directory;
  if (directory !== undefined && parsed.mode === "enforce" && !directory.allowEnforce) {
    yield {
      where: where(["sources", 0, "directory"]),
      message:
        'a directory is in no commit: mode enforce needs directory.allowEnforce: true, and the record says "uncommitted directory"',
    };
  }
}

function parseListen(text: string): { readonly host: string; readonly port: number } | undefined {
  const found = /^(\[[0-9a-fA-F:]+\]|[^:\s]+):(\d{1,5})$/.exec(text);
  const port = Number(found?.[2]);
  if (found?.[1] === undefined || port > 65_535) return undefined;
  return { host: found[1].replace(/^\[|\]$/g, ""), port };
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  for (const member of Object.values(value)) deepFreeze(member);
  return Object.freeze(value);
}
