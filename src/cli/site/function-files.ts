import type { BindingObject, DriftObject, PlanObject } from "../../api/bindings.ts";
import { bindingSummary } from "../../api/browser/binding-summary.ts";
import type { ApiObject } from "../../api/object.ts";
import type { FunctionPart, SiteFunction, SiteIndex, SitePart, SiteRow } from "../../api/browser/site.ts";
import type { PermissionsObject } from "../../api/permissions.ts";
import { keyParts } from "../../model/keys/key.ts";
import { byText } from "../../text/order.ts";
import { numbered, type ExportedHistory } from "./history-files.ts";
import type { Moments } from "./moments.ts";
import type { PatientReader } from "./patient-reader.ts";
import type { VersionDigests } from "./record-version.ts";
import type { ExportedFiles } from "./site-files.ts";

/** What a screen of one function loads: small files. */
const FUNCTIONS_IN_FILE = 50;
const ROWS_IN_FILE = 2_000;
const PLANS_IN_FILE = 500;
/** Objects with all their documents are large. */
const PAGE = 100;

interface FunctionFileParts {
  readonly reader: PatientReader;
  readonly files: ExportedFiles;
  readonly moments: Moments;
  readonly history: Pick<ExportedHistory, "ofKey">;
  readonly digests: VersionDigests;
}

export type FunctionFiles = Pick<SiteIndex, "functions" | "rows" | "policies"> & { readonly unread: number };

/** Writes every binding with its permissions, and the list of all. */
export async function writeFunctions({
  reader,
  files,
  moments,
  history,
  digests,
}: FunctionFileParts): Promise<FunctionFiles> {
  const functions = new ListFiles<SiteFunction>("functions", FUNCTIONS_IN_FILE, files);
  const rows = new ListFiles<SiteRow>("rows", ROWS_IN_FILE, files);
  const firsts: FunctionPart["first"][] = [];
  let [unread, policies] = [0, 0];
  const permissions = new InOrder(reader.items<PermissionsObject>("/permissions", PAGE));
  for await (const binding of reader.items<BindingObject>("/bindings", PAGE)) {
    digests.add("bindings", binding);
    const own = await permissions.of(binding);
    moments.seeReading(binding.status.lastVerifiedAt);
    if (own?.status.effective.kind === "read") moments.see(own.status.effective.readAt);
    if (binding.status.sync === "Unknown") unread += 1;
    if (keyParts(binding.spec.key).kind === "policy") policies += 1;
    if (functions.isAtStart) firsts.push(placeOf(binding));
    const { files: ownFiles, isCut } = history.ofKey(binding.spec.key);
    await functions.add({
      binding: withoutDocuments(binding),
      permissions: own === null ? null : withoutVersion(own),
      history: ownFiles,
      isHistoryCut: isCut,
    });
    await rows.add(rowOf(binding));
  }
  const parts = (await functions.end()).map((part, at) => ({ ...part, first: firsts[at] ?? NOWHERE }));
  return { functions: parts, rows: await rows.end(), policies, unread };
}

const NOWHERE = { namespace: "", name: "" };

/** The findings of every plan; its calls are in the record. */
export async function writeRuleFiles(
  reader: PatientReader,
  files: ExportedFiles,
): Promise<readonly SitePart[]> {
  const plans = new ListFiles<PlanObject>("rules", PLANS_IN_FILE, files);
  for await (const plan of reader.items<PlanObject>("/plans", PAGE))
    await plans.add(withoutVersion({ ...plan, status: { ...plan.status, plan: null } }));
  return plans.end();
}

/** The differences between Git and AWS, a file for each namespace. */
export async function writeDrifts(
  reader: PatientReader,
  files: ExportedFiles,
  digests: VersionDigests,
): Promise<SiteIndex["drifts"]> {
  const driftFiles: { readonly namespace: string; readonly file: string }[] = [];
  let own: DriftObject[] = [];
  let namespace: string | null = null;
  const end = async (): Promise<void> => {
    if (namespace === null) return;
    const file = `drifts-${numbered(driftFiles.length)}`;
    await files.writeData(file, own);
    driftFiles.push({ namespace, file });
  };
  for await (const drift of reader.items<DriftObject>("/drifts", PAGE)) {
    const next = drift.metadata.namespace ?? "";
    if (next !== namespace) await end();
    if (next !== namespace) [namespace, own] = [next, []];
    digests.add("drifts", drift);
    own.push(withoutVersion(drift));
  }
  await end();
  return driftFiles;
}

/** A list in files with a number of members each. */
class ListFiles<Member> {
  readonly #name: string;
  readonly #most: number;
  readonly #files: ExportedFiles;
  readonly #parts: SitePart[] = [];
  #members: Member[] = [];

  constructor(name: string, most: number, files: ExportedFiles) {
    this.#name = name;
    this.#most = most;
    this.#files = files;
  }

  /** The next member is the first of a file. */
  get isAtStart(): boolean {
    return this.#members.length === 0;
  }

  async add(member: Member): Promise<void> {
    this.#members.push(member);
    if (this.#members.length === this.#most) await this.#write();
  }

  async end(): Promise<readonly SitePart[]> {
    if (this.#members.length > 0) await this.#write();
    return this.#parts;
  }

  async #write(): Promise<void> {
    const file = `${this.#name}-${numbered(this.#parts.length)}`;
    await this.#files.writeData(file, this.#members);
    this.#parts.push({ file, count: this.#members.length });
    this.#members = [];
  }
}

/** Finds the objects of one sorted list for those of another one. */
class InOrder<Item extends ApiObject<string>> {
  readonly #items: AsyncGenerator<Item>;
  #next: Item | null = null;
  #isOver = false;

  constructor(items: AsyncGenerator<Item>) {
    this.#items = items;
  }

  async of(wanted: ApiObject<string>): Promise<Item | null> {
    while (!this.#isOver && (this.#next === null || compare(this.#next, wanted) < 0)) {
      const { value, done } = await this.#items.next();
      this.#isOver = done === true;
      this.#next = done === true ? null : value;
    }
    return this.#next !== null && compare(this.#next, wanted) === 0 ? this.#next : null;
  }
}

function compare(a: ApiObject<string>, b: ApiObject<string>): number {
  const [one, other] = [placeOf(a), placeOf(b)];
  return byText(one.namespace, other.namespace) || byText(one.name, other.name);
}

function placeOf({ metadata: { namespace = "", name } }: ApiObject<string>): FunctionPart["first"] {
  return { namespace, name };
}

function rowOf(binding: BindingObject): SiteRow {
  const { labels } = binding.metadata;
  return { ...placeOf(binding), ...(labels !== undefined && { labels }), summary: bindingSummary(binding) };
}

/** No screen shows the compiled and the read documents: differences have theirs. */
function withoutDocuments(binding: BindingObject): BindingObject {
  const { spec, status } = withoutVersion(binding);
  return { ...withoutVersion(binding), spec: { ...spec, desired: null }, status: { ...status, live: null } };
}

/** The object without the version of a running controller: the next one gives other versions to the same objects. */
export function withoutVersion<Item extends ApiObject<string>>(item: Item): Item {
  const { resourceVersion: _, ...metadata } = item.metadata;
  return { ...item, metadata };
}
