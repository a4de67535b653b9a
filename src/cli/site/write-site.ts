import type { OverviewObject } from "../../api/overview.ts";
import type { ApiList, ApiObject } from "../../api/object.ts";
import { wrapped } from "../../text/layout/wrap.ts";
import { SITE_FORMAT, SITE_INDEX, timelinePath, type SiteIndex } from "../../api/browser/site.ts";
import type { TimelineObject } from "../../api/questions.ts";
import { TIMELINE_RANGES } from "../../model/reads/timeline-range.ts";
import { withoutVersion, writeDrifts, writeFunctions, writeRuleFiles } from "./function-files.ts";
import { writeHistory } from "./history-files.ts";
import { Moments } from "./moments.ts";
import type { PatientReader } from "./patient-reader.ts";
import {
  changesBetween,
  isCompared,
  recordVersion,
  VersionDigests,
  type StatedObject,
} from "./record-version.ts";
import type { ExportedFiles } from "./site-files.ts";
import { missingFacts, verificationSteps } from "../../api/browser/site-verification.ts";

/** How often it is read when something changes meanwhile. */
const ATTEMPTS = 3;
/** The objects with an answer of their own; the page shows all of each. */
const LISTS = ["holds", "waivers", "sources", "teams", "suspensions"] as const;
const PAGE = 100;

interface SiteRequest {
  readonly reader: PatientReader;
  readonly files: ExportedFiles;
  /** The built page. */
  readonly page: string;
  /** null: all. */
  readonly namespaces: readonly string[] | null;
  /** ISO 8601; null: all entries. */
  readonly since: string | null;
  readonly report: (text: string) => void;
}

export interface SiteExport {
  readonly index: SiteIndex;
  /** SHA-256 of the list of digests. */
  readonly digest: string;
}

/** Reads everything until what is compared did not change meanwhile; after some attempts the export states what changed. */
export async function writeSite(request: SiteRequest): Promise<SiteExport> {
  const { files, reader, page } = request;
  for (let attempt = 1; ; attempt += 1) {
    await files.begin();
    const before = await recordVersion(reader);
    const digests = new VersionDigests();
    const index = await writeParts(request, digests);
    const what = changesBetween(before, digests.version(), await recordVersion(reader));
    if (what.length > 0 && attempt < ATTEMPTS) {
      request.report(`reading again: ${what.join(", ")} changed`);
      continue;
    }
    const finalIndex: SiteIndex = what.length === 0 ? index : { ...index, unity: { kind: "changed", what } };
    await files.writeData(SITE_INDEX, finalIndex);
    await files.copy(page);
    await files.write("HOW-TO-VERIFY.txt", verificationText(finalIndex));
    return { index: finalIndex, digest: await files.writeDigests() };
  }
}

async function writeParts(request: SiteRequest, digests: VersionDigests): Promise<SiteIndex> {
  const { reader, files, namespaces, since, report } = request;
  const moments = new Moments();
  report("reading the record");
  const history = await writeHistory({ reader, files, moments, since, isAll: namespaces === null });
  report("reading the functions");
  const functions = await writeFunctions({ reader, files, moments, history, digests });
  const rules = await writeRuleFiles(reader, files);
  const drifts = await writeDrifts(reader, files, digests);
  report("reading the rest");
  const answers = await writeLists(reader, files, digests);
  const overview = await writeOverview(request, moments);
  digests.addOverview(overview.value);
  const { status } = overview.value;
  const timelines = await writeTimelines(request, status.now);
  return {
    format: SITE_FORMAT,
    version: status.version,
    instance: status.instance,
    asOf: status.now,
    oldestReadAt: moments.oldestReading,
    revision: status.source.accepted,
    namespaces,
    unity: { kind: "one-version" },
    evidence: history.evidence,
    since,
    answers: [overview.answer, ...timelines, ...answers],
    drifts,
    rows: functions.rows,
    functions: functions.functions,
    policies: functions.policies,
    rules,
    history: history.parts,
    unread: { functions: functions.unread, accounts: unreadAccounts(overview.value) },
  };
}

type IndexedAnswers = SiteIndex["answers"];

async function writeLists(
  reader: PatientReader,
  files: ExportedFiles,
  digests: VersionDigests,
): Promise<IndexedAnswers> {
  const answers: { readonly path: string; readonly file: string }[] = [];
  for (const resource of LISTS) {
    const items: ApiObject<string>[] = [];
    let first: ApiList<ApiObject<string>> | null = null;
    for await (const page of reader.pages<StatedObject>(`/${resource}`, PAGE)) {
      first ??= page;
      if (isCompared(resource)) for (const item of page.items) digests.add(resource, item);
      items.push(...page.items.map((item) => withoutVersion(item)));
    }
    const list = { ...first, metadata: { resourceVersion: "" }, items };
    answers.push(await writeAnswer(files, `/${resource}`, list));
  }
  return [...answers, await writeAnswer(files, "/exposed", withoutVersion(await reader.read("/exposed")))];
}

/** The last of all: its time is the newest that anything in the export has. */
async function writeOverview({ reader, files }: SiteRequest, moments: Moments) {
  const overview: OverviewObject = await reader.read("/overview");
  const { status } = overview;
  moments.see(status.startedAt);
  for (const { fetchedAt } of [status.source, ...(status.namespaceSources ?? [])]) moments.see(fetchedAt);
  for (const { lastSweepAt } of status.accounts) moments.see(lastSweepAt);
  const value: OverviewObject = {
    ...withoutVersion(overview),
    status: { ...status, now: moments.newest ?? status.startedAt },
  };
  return { value, answer: await writeAnswer(files, "/overview", value) };
}

/** As they were at the moment of the export: its ages are of that time too. */
async function writeTimelines({ reader, files }: SiteRequest, until: string): Promise<IndexedAnswers> {
  const answers: IndexedAnswers[number][] = [];
  for (const range of TIMELINE_RANGES) {
    const query = new URLSearchParams({ range, until });
    const timeline: TimelineObject = await reader.read(`/timeline?${query.toString()}`);
    answers.push(await writeAnswer(files, timelinePath(range), withoutVersion(timeline)));
  }
  return answers;
}

async function writeAnswer(
  files: ExportedFiles,
  path: string,
  value: unknown,
): Promise<IndexedAnswers[number]> {
  const file = `answer-${path.slice(1).replaceAll("/", "-")}`;
  await files.writeData(file, value);
  return { path, file };
}

function unreadAccounts({ status: { accounts } }: OverviewObject): readonly string[] {
  return accounts
    .filter(
      ({ failing, lastSweepAt, comparing, unread }) =>
        failing !== null || lastSweepAt === null || comparing || unread.length > 0,
    )
    .map(({ name }) => name);
}

const WIDTH = 80;

/** The file of an export for those who do not open the page: it fits a terminal, and its commands can be copied. */
function verificationText(index: SiteIndex): string {
  const scope = index.namespaces === null ? "all namespaces" : index.namespaces.join(", ");
  const steps = verificationSteps(index).flatMap(({ why, command }, at) => [
    ...wrapped(why, WIDTH, { first: `${at + 1}. `, next: "   " }),
    ...(command === null ? [""] : ["", ...commandLines(command), ""]),
  ]);
  return [
    ...wrapped(
      `Grantkeeper ${index.version}, instance ${index.instance}: state as of ${index.asOf}, ${scope}.`,
      WIDTH,
    ),
    "Open index.html in a browser.",
    "",
    "HOW TO VERIFY",
    "",
    ...steps,
    ...evidenceLines(index).flatMap((line) => wrapped(line, WIDTH, { first: "", next: "  " })),
    "WHAT IT DOES NOT CONTAIN OR PROVE",
    "",
    ...missingFacts(index).flatMap((fact) => wrapped(fact, WIDTH, { first: "- ", next: "  " })),
    "",
  ].join("\n");
}

/** A shell reads the lines as one command. */
function commandLines(command: readonly string[]): readonly string[] {
  const line = command.join(" ");
  if (line.length <= WIDTH - 3) return [`   ${line}`];
  return command.map((part, at) => {
    const indent = at === 0 ? "   " : "     ";
    return at === command.length - 1 ? `${indent}${part}` : `${indent}${part} \\`;
  });
}

function evidenceLines({ evidence }: SiteIndex): readonly string[] {
  if (evidence.kind !== "chain") return [];
  const { first, last, head, checkpoint } = evidence;
  return [
    `evidence/audit.jsonl: entries ${first} to ${last}; the head is ${head}`,
    checkpoint === null
      ? "There is no checkpoint among them."
      : `evidence/checkpoint.json: signed up to entry ${checkpoint.upTo}, ${checkpoint.at}, by key ${checkpoint.keyId}`,
    "",
  ];
}
