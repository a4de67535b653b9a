import type { SeededRandom } from "./random.ts";

const DOMAINS = [
  "accounts",
  "billing",
  "catalog",
  "checkout",
  "customers",
  "delivery",
  "discounts",
  "fraud",
  "inventory",
  "invoices",
  "loyalty",
  "mail",
  "media",
  "orders",
  "payments",
  "pricing",
  "refunds",
  "reports",
  "returns",
  "search",
  "shipping",
  "stock",
  "subscriptions",
  "tax",
  "warehouse",
] as const;
const VERBS = [
  "archive",
  "check",
  "create",
  "delete",
  "enrich",
  "export",
  "forward",
  "import",
  "index",
  "list",
  "notify",
  "publish",
  "reconcile",
  "resize",
  "schedule",
  "send",
  "sync",
  "update",
  "validate",
] as const;
const NOUNS = [
  "batch",
  "document",
  "event",
  "file",
  "image",
  "item",
  "job",
  "message",
  "record",
  "request",
  "row",
  "snapshot",
  "status",
  "task",
  "webhook",
] as const;

/** `orders`, `sync-event`: the parts of a function's name. */
export interface WorkName {
  readonly domain: string;
  readonly job: string;
}

/** Names that are unique in the estate, in lower case. */
export class Names {
  readonly #random: SeededRandom;
  readonly #used = new Set<string>();

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  subject(domain: string = this.domain()): WorkName {
    const base = `${this.#random.pick(VERBS)}-${this.#random.pick(NOUNS)}`;
    let job = base;
    for (let count = 2; this.#used.has(`${domain}-${job}`); count += 1) job = `${base}-${count}`;
    this.#used.add(`${domain}-${job}`);
    return { domain, job };
  }

  domain(): string {
    return this.#random.pick(DOMAINS);
  }

  /** A name that no stack and no role has yet. */
  unique(base: string): string {
    let name = base;
    for (let count = 2; this.#used.has(`/${name.toLowerCase()}`); count += 1) name = `${base}${count}`;
    this.#used.add(`/${name.toLowerCase()}`);
    return name;
  }
}

/** `sync-event` → `SyncEvent`: a logical id. */
export function camel(text: string): string {
  return text.replace(/(?:^|[^a-zA-Z0-9]+)([a-zA-Z0-9])/g, (_all, first: string) => first.toUpperCase());
}

/** The longest name of a function or of a role. */
export const LONGEST = 64;

/**
 * A physical name as CloudFormation makes it: stack, logical id and a random end. Both are cut if the name is too long.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html
 */
export function physicalName(stack: string, logicalId: string, random: SeededRandom): string {
  const end = random.mixed(12);
  const name = `${stack}-${logicalId}-${end}`;
  return name.length <= LONGEST ? name : `${stack.slice(0, 24)}-${logicalId.slice(0, 24)}-${end}`;
}
