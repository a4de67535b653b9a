import { Chance } from "./chance.ts";
import type { DrawnWorld } from "./drawn-world.ts";
import { CALLER_KEYS, FAMILIES, HOME, OTHER, type Family } from "./vocabulary.ts";
import { readDocument, texts, type Documents, type Question, type Written } from "./world.ts";

type Context = Readonly<Record<string, readonly string[]>>;

/**
 * A request that one statement of the world nearly speaks of: its action, resource and context are made from that
 * statement's own, and then one thing or another is turned.
 */
export function questionOf(world: DrawnWorld, seed: number): Question {
  const chance = new Chance(seed);
  const statements = allStatements(world.documents);
  const near = statements.length === 0 ? {} : chance.of(statements);
  const context = contextOf([near, ...statements], chance);
  const isTrust = world.documents.resource.kind === "trust";
  const account = chance.isIn(70) ? HOME : OTHER;
  const resource = isTrust ? `arn:aws:iam::${account}:role/target` : resourceOf(near, context, chance);
  return {
    caller: world.caller,
    action: turned(actionOf(near, isTrust, chance), chance),
    resource: isTrust ? resource : turned(resource, chance),
    // With nothing but identity policies, the resource is taken to be in the caller's account.
    resourceAccount: world.documents.resource.kind === "none" ? HOME : account,
    context,
  };
}

function allStatements({ identity, boundary, session, resource }: Documents): readonly Written[] {
  const limits = boundary === null ? session : [boundary, ...session];
  const others = resource.kind === "none" ? [] : [resource.text];
  return [...identity, ...limits, ...others].flatMap((text) => readDocument(text).statements);
}

function actionOf(near: Written, isTrust: boolean, chance: Chance): string {
  const patterns = texts(near["Action"] ?? near["NotAction"] ?? "*");
  const pattern = chance.isIn(85) ? chance.of(patterns) : "*";
  if (pattern !== "*" && pattern.toLowerCase() !== "s3:*")
    return madeFrom(pattern, ["", "Object", "X"], chance);
  return isTrust ? "sts:AssumeRole" : chance.of(["s3:GetObject", "s3:PutObjectAcl", "sqs:SendMessage"]);
}

function resourceOf(near: Written, context: Context, chance: Chance): string {
  const patterns = texts(near["Resource"] ?? near["NotResource"] ?? "*");
  const pattern = chance.of(patterns.length === 0 ? ["*"] : patterns);
  if (pattern === "*") return chance.of(["*", "arn:aws:s3:::b/k", `arn:aws:sqs:eu-west-1:${HOME}:q`]);
  const parts = pattern.split(":").length;
  const entire =
    parts < 6 ? `${pattern}${[`:eu-west-1`, `:${HOME}`, ":q"].slice(parts - 6).join("")}` : pattern;
  const filled = entire.replaceAll(/\$\{([^}]*)\}/g, (text, inside: string) =>
    standIn(text, inside, context, chance),
  );
  return madeFrom(filled, ["", "x", "a/b", "eu-west-1", `west-1:${HOME}`, "us", "a:b", HOME], chance);
}

/** What stands for a variable: its value, its default, its sign, or the text itself. */
function standIn(text: string, inside: string, context: Context, chance: Chance): string {
  if (chance.isIn(10)) return text;
  if (["*", "?", "$"].includes(inside)) return chance.isIn(80) ? inside : "x";
  const [key = "", fallback = "none"] = inside.split(", ");
  if (key.toLowerCase() === "aws:username") return "ann";
  const found = Object.entries(context).find(([name]) => name.toLowerCase() === key.toLowerCase());
  return found?.[1][0] ?? fallback.replaceAll("'", "");
}

function madeFrom(pattern: string, runs: readonly string[], chance: Chance): string {
  return pattern.replaceAll("*", () => chance.of(runs)).replaceAll("?", () => chance.of(["x", "G", "1", ""]));
}

function turned(text: string, chance: Chance): string {
  if (chance.isIn(80)) return text;
  return chance.of([
    text.toUpperCase(),
    text.slice(0, -1),
    `${text}x`,
    text.replace("Get", "Put"),
    text.replace("eu-west-1", "eu-west-10"),
    text.replace("/", "/a/"),
    text.replace(HOME, OTHER),
  ]);
}

/** Each key of the statements once, the nearest statement's first: absent, empty, wanted, or a neighbour of it. */
function contextOf(statements: readonly Written[], chance: Chance): Context {
  const context: Record<string, readonly string[]> = {};
  for (const statement of statements) {
    const block = (statement["Condition"] ?? {}) as Readonly<Record<string, Written>>;
    for (const [key, wanted] of Object.values(block).flatMap((keys) => Object.entries(keys))) {
      const name = chance.isIn(10) ? key.toLowerCase() : key;
      const isKnown = Object.keys(context).some((known) => known.toLowerCase() === key.toLowerCase());
      const isCallers = CALLER_KEYS.some((known) => known.toLowerCase() === key.toLowerCase());
      if (!isKnown && !isCallers && chance.isIn(85)) context[name] = valuesFor(key, wanted, chance);
    }
  }
  if (chance.isIn(40) && !("aws:PrincipalTag/team" in context)) context["AWS:principalTag/team"] = ["v1"];
  return context;
}

function valuesFor(key: string, wanted: unknown, chance: Chance): readonly string[] {
  const isKey = (known: string): boolean => known.toLowerCase() === key.toLowerCase();
  const family = FAMILIES.find(({ keys, manyKey }) => isKey(manyKey) || keys.some(isKey));
  if (family === undefined) throw new Error(`no family has ${key}`);
  if (chance.isIn(4)) return [];
  if (!isKey(family.manyKey)) return [valueFor(family, wanted, chance)];
  const many = Array.from({ length: chance.of([1, 2, 3]) }, () => valueFor(family, wanted, chance));
  const full = many.filter((value) => value !== "");
  return full.length === 0 ? [""] : full;
}

function valueFor({ found, manyKey }: Family, wanted: unknown, chance: Chance): string {
  const values = texts(wanted).filter((value) => !/[*?$]|\/\d/.test(value) || value.includes("${"));
  if (manyKey === "test:Arns" || values.length === 0 || chance.isIn(40)) return chance.of(found);
  const value = chance.of(values);
  return chance.isIn(15) ? value.toUpperCase() : value;
}
