import type { DocumentContext } from "../../iam/document.ts";
import { readStatement } from "../../iam/read/statement.ts";
import { GRANT_ENTRIES } from "../../manifest/grants/catalogue.ts";
import type { Expansion, GrantEntry } from "../../manifest/grants/entry.ts";
import { ownLogs, prefixLogs, tracing, vpc, type PrefixLogs } from "../../manifest/grants/own.ts";
import type { GrantPlace } from "../../manifest/fields/resource.ts";
import type { Statement } from "../../model/aws/policy-document.ts";
import { getOrAdd } from "../../model/values/lists.ts";
import { sortedSet } from "../../text/order.ts";
import { canonicalPermissions, type CanonicalPermission } from "../../iam/compare/canonical-permissions.ts";

/** The fields of one entry of `grants`. */
export type GrantFields = Readonly<Record<string, unknown>>;

/** One entry of `grants`; or `logs`, `tracing` or `vpc` of a manifest. */
export interface GrantOf {
  readonly grant: string;
  readonly fields: GrantFields;
}

/** What one such entry compiles to. */
export interface GrantCandidate extends GrantOf {
  readonly statements: readonly Statement[];
  /** Sorted, each once. */
  readonly permissions: readonly CanonicalPermission[];
}

export const ENTRIES: ReadonlyMap<string, GrantEntry> = new Map(
  GRANT_ENTRIES.map((entry) => [entry.grant, entry]),
);

/** Grants whose one verb is implied have no `allow`. */
export function hasVerbs({ examples }: GrantEntry): boolean {
  return examples.every((example: object) => "allow" in example);
}

/**
 * Compiles the catalogue's grants in one account and region to their canonical permissions. Functions share tables, queues and topics, so each
 * grant is expanded once for all of them: without it, recognizing takes 1.3 times as long (200 roles). Lives for one import.
 */
export class CandidateCompiler {
  readonly place: GrantPlace;
  readonly context: DocumentContext;
  readonly #known = new Map<string, GrantCandidate | null>();

  constructor(place: GrantPlace) {
    this.place = place;
    this.context = { dialect: "identity", partition: place.partition, accountId: place.accountId };
  }

  /** null if the fields are not those of a grant. */
  candidate({ grant, fields }: GrantOf): GrantCandidate | null {
    return getOrAdd(this.#known, `${grant} ${JSON.stringify(fields)}`, () => {
      const entry = ENTRIES.get(grant);
      const checked = entry?.fields.safeParse(fields);
      if (entry === undefined || checked?.success !== true || hasForeignVariable(fields)) return null;
      return this.#expanded({ grant, fields }, entry.expand(checked.data, this.place));
    });
  }

  logs(logs: { readonly group: string; readonly create: boolean }): GrantCandidate {
    return this.#expanded({ grant: "logs", fields: logs }, ownLogs(logs, this.place));
  }

  prefixLogs(logs: PrefixLogs): GrantCandidate {
    return this.#expanded({ grant: "logs", fields: { ...logs } }, prefixLogs(logs, this.place));
  }

  tracing(): GrantCandidate {
    return this.#expanded({ grant: "tracing", fields: {} }, tracing());
  }

  vpc(functionArn: string): GrantCandidate {
    return this.#expanded({ grant: "vpc", fields: {} }, vpc(functionArn));
  }

  #expanded(of: GrantOf, expansions: readonly Expansion[]): GrantCandidate {
    const statements = expansions.map(statementOf);
    const permissions = statements.flatMap((statement) => {
      const member = readStatement(statement, this.context);
      if (member.kind === "opaque") throw new Error(`the catalogue's ${of.grant} is not understood`);
      return canonicalPermissions(member);
    });
    return { ...of, statements, permissions: sortedSet(permissions) };
  }
}

function statementOf({ effect, actions, resources, condition }: Expansion): Statement {
  return {
    Effect: effect,
    Action: actions,
    Resource: resources,
    ...(condition !== null && { Condition: condition }),
  };
}

/** Fields whose texts may contain variables of IAM. */
const WITH_VARIABLES: ReadonlySet<string> = new Set(["prefix", "leadingKeys"]);

/** In all other fields a variable is not a name; without a colon, a manifest would replace it. */
function hasForeignVariable(fields: GrantFields): boolean {
  return Object.entries(fields).some(([name, value]) => {
    const text = JSON.stringify(value);
    return text.includes("${") && (!WITH_VARIABLES.has(name) || /\$\{(?![*?$]\})[^}:]*\}/.test(text));
  });
}
