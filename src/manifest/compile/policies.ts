import { getOrAdd } from "../../model/values/lists.ts";
import type { DesiredPolicy } from "../../model/desired.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import { type InstanceName, PLATFORM } from "../../model/aws/ids.ts";
import type { Key } from "../../model/keys/key.ts";
import { mapSteps, type Steps } from "../../model/values/steps.ts";
import { partitionsByAccount, unusableAccount, type KnownAccount } from "./accounts/accounts.ts";
import type { PolicyReference } from "./functions/functions.ts";
import type { InvalidDocument, ManagedPolicy, ManifestDocument } from "../parse/parsed.ts";
import { policyKey } from "./policy-references.ts";
import type { TemplatesByName } from "./templates/templates.ts";
import type { PlacedDocument } from "./placed.ts";
import type { PlacedDocuments } from "./placed-documents.ts";
import { compilePolicy, type PolicyInAccount, type PolicyContext } from "./managed-policy.ts";

/** The results of all ManagedPolicies, collected one at a time. */
export interface CompiledPolicies {
  readonly policies: DesiredPolicy[];
  readonly invalid: (readonly [Key, readonly Diagnostic[]])[];
  /** Valid policies that nothing refers to, each in the first usable account: they are checked, and not written to AWS. */
  readonly unattached: DesiredPolicy[];
  /** The document of each valid policy. */
  readonly documents: Map<Key, ManifestDocument>;
  /** The keys of each document, sorted. */
  readonly keys: Map<ManifestDocument, readonly Key[]>;
  readonly diagnostics: Diagnostic[];
}

/** The parts of an instance that refer to policies. */
interface PolicyUse {
  readonly templates: TemplatesByName;
  readonly references: readonly PolicyReference[];
  readonly instance: InstanceName;
}

/** Every ManagedPolicy in each account that refers to it: by a binding, or by the account's boundaries. */
export function* compilePolicies(
  world: PlacedDocuments,
  accounts: ReadonlyMap<string, KnownAccount>,
  { templates, references, instance }: PolicyUse,
): Steps<CompiledPolicies> {
  const users = usersByPolicy(accounts, references);
  const context: PolicyContext = { templates, instance, partitionOfAccount: partitionsByAccount(accounts) };
  const usersOf = (placed: PlacedDocument<ManagedPolicy | InvalidDocument>): readonly KnownAccount[] =>
    users.get(`${placed.namespace}/${placed.document.name ?? ""}`) ?? [];
  const all: CompiledPolicies = {
    policies: [],
    invalid: [],
    unattached: [],
    documents: new Map(),
    keys: new Map(),
    diagnostics: [],
  };
  for (const placed of world.policies) {
    const compiled = yield* mapSteps(usersOf(placed), (known) => ({
      known,
      ...compilePolicy(placed, known, context),
    }));
    gatherUsed(placed, compiled, all);
    yield;
    if (compiled.length === 0)
      gatherUnused(placed, compileUnused(placed, [...accounts.values()], context), all);
  }
  for (const placed of world.invalid.filter((one) => one.document.of === "ManagedPolicy")) {
    const own = usersOf(placed).map((known) =>
      policyKey(known.id, `${placed.namespace}/${placed.document.name ?? ""}`),
    );
    all.keys.set(placed.document, [...own].sort());
    for (const key of own) all.invalid.push([key, placed.problems]);
  }
  return all;
}

/**
 * What a ManagedPolicy is in the accounts that refer to it. Nothing is concluded from an account that can't be used: its
 * variables may be unknown.
 */
function gatherUsed(
  placed: PlacedDocument<ManagedPolicy>,
  compiled: readonly (PolicyInAccount & { readonly known: KnownAccount })[],
  into: CompiledPolicies,
): void {
  into.keys.set(placed.document, compiled.map(({ policy }) => policy.key).sort());
  into.diagnostics.push(...placed.problems);
  for (const { known, policy, diagnostics } of compiled) {
    const own = known.desired === null ? [] : diagnostics;
    const errors = reasons(placed, known, { policy, diagnostics: own });
    if (errors.length > 0) into.invalid.push([policy.key, errors]);
    else into.policies.push(policy);
    into.documents.set(policy.key, placed.document);
    into.diagnostics.push(...own);
  }
}

function gatherUnused(
  placed: PlacedDocument<ManagedPolicy>,
  unused: PolicyInAccount | null,
  into: CompiledPolicies,
): void {
  if (unused === null) return;
  into.diagnostics.push(...unused.diagnostics);
  into.documents.set(unused.policy.key, placed.document);
  if (placed.problems.length + unused.diagnostics.length === 0) into.unattached.push(unused.policy);
}

/**
 * A policy without references is checked all the same, in the first account that it fits: it may be meant for one
 * partition. null if no account can be used.
 */
function compileUnused(
  placed: PlacedDocument<ManagedPolicy>,
  accounts: readonly KnownAccount[],
  context: PolicyContext,
): PolicyInAccount | null {
  let first: PolicyInAccount | null = null;
  for (const accountFacts of accounts.filter(({ desired }) => desired !== null)) {
    const compiled = compilePolicy(placed, accountFacts, context);
    if (compiled.diagnostics.length === 0) return compiled;
    first ??= compiled;
  }
  return first;
}

/** Why the policy can't be used in the account: its own problems, or the account's. */
function reasons(
  placed: PlacedDocument<ManagedPolicy>,
  known: KnownAccount,
  { policy, diagnostics }: PolicyInAccount,
): readonly Diagnostic[] {
  const own = [...placed.problems, ...diagnostics];
  if (known.desired !== null) return own;
  return [...own, unusableAccount(known, policy.origin)];
}

/** By `namespace/name`: the accounts that refer to the policy. */
function usersByPolicy(
  accounts: ReadonlyMap<string, KnownAccount>,
  references: readonly PolicyReference[],
): ReadonlyMap<string, readonly KnownAccount[]> {
  const users = new Map<string, Map<string, KnownAccount>>();
  const add = (policy: string, accountFacts: KnownAccount): void => {
    getOrAdd(users, policy, () => new Map<string, KnownAccount>()).set(accountFacts.id, accountFacts);
  };
  for (const accountFacts of accounts.values()) {
    for (const name of accountFacts.boundaries) add(`${PLATFORM}/${name}`, accountFacts);
  }
  for (const { account, policy } of references) {
    const accountFacts = accounts.get(account);
    if (accountFacts !== undefined) add(policy, accountFacts);
  }
  return new Map([...users].map(([policy, inAccounts]) => [policy, [...inAccounts.values()]]));
}
