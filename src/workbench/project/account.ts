import { observedAccount } from "../../model/aws/found-account.ts";
import { parseAccountId, type AccountId } from "../../model/aws/ids.ts";
import type { Desired, DesiredAccount, DesiredAccountSet } from "../../model/desired.ts";
import { CliError } from "../../cli/toolbox/cli-error.ts";
import type { Compilation } from "../../manifest/compile/compile.ts";
import { homeFolderOf } from "../../manifest/folder-owner.ts";
import { sortedSet } from "../../text/order.ts";
import { someOf } from "../../text/phrases.ts";
import type { Project } from "./project.ts";

/**
 * A declared account by its name or id, or one that an AccountSet observes by its id. The latter is not looked up: it has
 * the roles that the set declares for every account.
 * @throws CliError if there is none
 */
export function accountNamed(project: DeclaredAccounts, name: string): DesiredAccount {
  const { desired } = project.compilation;
  const accounts = [...desired.accounts.values()];
  const declared = accounts.find((account) => account.name === name || account.id === name);
  const found = declared ?? foundAccount(desired, name);
  if (found !== null) return found;
  refuseIfUnread(project, name);
  const ofSets = desired.accountSets.length === 0 ? [] : ["the id of an account that an AccountSet observes"];
  const known = [...accounts.map((account) => account.name), ...ofSets].join(", ");
  throw new CliError(
    `no manifest declares account "${name}"`,
    known === "" ? "name the checkout with --dir" : `valid values: ${known}`,
    { code: "NotFound" },
  );
}

type DeclaredAccounts = Pick<Project, "compilation" | "paths">;

const ERRORS = "grantkeeper validate shows all errors";

/** @throws CliError if a document with an error declares the account, or may declare it */
function refuseIfUnread({ compilation, paths }: DeclaredAccounts, name: string): void {
  const { diagnostics, brokenFiles } = compilation;
  const unused = unusedObjects(compilation, name);
  const named = unused.find((one) => one.kind === "AwsAccount" && one.name === name);
  if (named !== undefined) {
    const { file, line } = named;
    const error = diagnostics.find(
      ({ severity, origin }) => severity === "error" && origin.file === file && origin.line >= line,
    );
    const why = error === undefined ? "" : `: ${error.origin.line}:${error.origin.column}: ${error.message}`;
    throw new CliError(`AwsAccount "${name}" at ${file}:${line} has an error${why}`, error?.fix ?? ERRORS);
  }
  const ofPlatform = brokenFiles.filter((file) => homeFolderOf(file, paths).kind !== "team");
  const files = sortedSet([...unused.map(({ file }) => file), ...ofPlatform]);
  if (files.length === 0) return;
  const message = `no AwsAccount that was read completely declares account "${name}"; one with an error may declare it: ${someOf(files)}`;
  throw new CliError(message, ERRORS);
}

/** The documents of accounts that are not in force, because they have an error. An AccountSet observes accounts by their ids. */
function unusedObjects({ desired, objects }: Compilation, name: string): Compilation["objects"] {
  const accounts = new Set([...desired.accounts.values()].map((account) => account.name));
  const sets = new Set(desired.accountSets.map((set) => set.name));
  const isId = parseAccountId(name) !== undefined;
  return objects.filter(
    (one) =>
      (one.kind === "AwsAccount" && !accounts.has(one.name)) ||
      (one.kind === "AccountSet" && isId && !sets.has(one.name)),
  );
}

/** The desired state with an account that its AccountSet observes, so that its policies can be computed. */
export function withAccount(desired: Desired, account: DesiredAccount): Desired {
  if (desired.accounts.has(account.id)) return desired;
  return { ...desired, accounts: new Map([...desired.accounts, [account.id, account]]) };
}

/** @throws CliError if its role depends on which of several sets observes it */
function foundAccount({ accountSets }: Desired, text: string): DesiredAccount | null {
  const id = parseAccountId(text);
  if (id === undefined) return null;
  const sets = accountSets.filter(({ except }) => !except.includes(id));
  const [first] = sets;
  if (first === undefined) return null;
  const account = accountOf(first, id);
  const other = sets.find((set) => !hasSameObserver(accountOf(set, id), account));
  if (other === undefined) return account;
  throw new CliError(
    `account sets ${first.name} and ${other.name} declare different observers for account ${id}`,
    "name the account as an AwsAccount, or in the field except of one of the sets",
  );
}

function accountOf(set: DesiredAccountSet, id: AccountId): DesiredAccount {
  return observedAccount(set, { id, name: "" });
}

function hasSameObserver({ observer: left }: DesiredAccount, { observer: right }: DesiredAccount): boolean {
  return left.roleArn === right.roleArn && left.externalId === right.externalId;
}
