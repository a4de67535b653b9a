import { complete } from "../../model/values/steps.ts";
import { whyAnswer } from "../../explain/why/case.ts";
import type { FixInputs } from "../../explain/why/fix.ts";
import { reportedContext, reportedQuestion } from "../../explain/why/reported-question.ts";
import { servicesFor } from "../../explain/why/services.ts";
import { DeniedPlaces } from "../../explain/denials/denied-places.ts";
import { judgedRequest, type JudgedRequest } from "../../explain/denials/judged-request.ts";
import { ResourceOwners } from "../../explain/denials/resource-owners.ts";
import { compile } from "../../manifest/compile/compile.ts";
import { filesWithOnly } from "../../manifest/parse/changed-spec.ts";
import {
  DEFAULT_MANIFEST_LIMITS,
  type FunctionPermission,
  type ParsedFile,
} from "../../manifest/parse/parsed.ts";
import { parseFile } from "../../manifest/parse/parse.ts";
import { arnParts } from "../../model/aws/arn.ts";
import type { FunctionDenials } from "../../model/denials/denied-request.ts";
import type { ReportedDenial } from "../../model/denials/reported-denial.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import type { Key } from "../../model/keys/key.ts";
import { placeOfDocument } from "../../text/located/located.ts";
import { withValueInFile } from "../../text/yaml/insert.ts";
import type { Toolbox } from "../../cli/toolbox/toolbox.ts";
import { shippedPoliciesOf } from "../project/findings.ts";
import { compileContext, type Project, type ProjectSettings } from "../project/project.ts";

/** The answer to one denied request. */
export interface AnsweredRequest extends JudgedRequest {
  /** The manifest with the merged lines allows it; lines of later requests build on them. */
  readonly isMerged: boolean;
}

/** Lines that are merged although they are not simply suggested. */
export interface MergeOptions {
  readonly withRefused?: true;
  readonly withRisk?: true;
}

interface FolderContext {
  readonly project: Project;
  readonly settings: ProjectSettings;
  readonly options: MergeOptions;
  /** The denied calls of all functions, also of those that no answer is wanted for. */
  readonly everywhere: readonly FunctionDenials[];
}

/** What the declared manifests lack for denied requests, and the files with the lines that allow them. */
export class FolderAnswers {
  readonly #project: Project;
  readonly #inputs: FixInputs;
  readonly #options: MergeOptions;
  readonly #owners: ResourceOwners;
  readonly #places: DeniedPlaces;
  /** By path: the text of each file, with the merged lines. */
  readonly #texts: Map<string, string>;
  readonly #edited = new Map<string, ParsedFile>();

  private constructor({ project, options, everywhere }: FolderContext, inputs: FixInputs) {
    const { desired } = project.compilation;
    this.#project = project;
    this.#inputs = inputs;
    this.#options = options;
    this.#owners = new ResourceOwners(desired);
    this.#places = new DeniedPlaces(
      everywhere.flatMap((one) => {
        const account = desired.bindings.get(one.key)?.account;
        return account === undefined ? [] : [{ ...one, account }];
      }),
    );
    this.#texts = new Map(
      project.snapshot.files.map(({ path, bytes }) => [path, new TextDecoder().decode(bytes)]),
    );
  }

  static async of(
    denials: readonly FunctionDenials[],
    context: FolderContext,
    toolbox: Toolbox,
  ): Promise<FolderAnswers> {
    const { project, settings } = context;
    const { desired } = project.compilation;
    const services = denials.flatMap(({ key, requests }) => {
      const binding = desired.bindings.get(key);
      return binding === undefined
        ? []
        : requests.flatMap(({ reported }) => servicesFor(binding, reported.action ?? "", desired));
    });
    const inputs: FixInputs = {
      files: project.files,
      desired,
      compile: compileContext(project.snapshot, settings, toolbox),
      actionData: await (await toolbox.actionData()).load([...new Set(services)].filter(Boolean).sort()),
      shipped: await shippedPoliciesOf([desired], toolbox),
      fileName: (path) => path,
      awsText: () => undefined,
      nowMs: toolbox.clock.nowMs(),
    };
    return new FolderAnswers(context, inputs);
  }

  /** The files with merged lines; sorted by path. */
  get files(): readonly { readonly path: string; readonly text: string }[] {
    return [...this.#edited.keys()].sort().map((path) => ({ path, text: this.#texts.get(path) ?? "" }));
  }

  answer(key: Key, reported: ReportedDenial): AnsweredRequest {
    const { desired } = this.#project.compilation;
    const binding = desired.bindings.get(key);
    if (binding === undefined) return notKnown("no valid manifest declares the function");
    const judged = this.#judge(binding, reported, this.#inputs);
    if (!this.#edited.has(binding.origin.file) || judged.lines === null) return this.#merged(judged, binding);
    const files = this.#files();
    const manifest = manifestOf(binding, files);
    const alone = manifest === undefined ? files : filesWithOnly(files, manifest, manifest);
    const now = compile(alone, this.#inputs.compile).desired;
    const current = now.bindings.get(key);
    if (current === undefined) throw new Error(`${key} does not compile with the merged lines`);
    const again = this.#judge(current, reported, { ...this.#inputs, files, desired: now });
    if (again.verdict === "allowed")
      return {
        verdict: "suggested",
        because: "the lines above allow it",
        lines: null,
        risks: [],
        isMerged: true,
      };
    return this.#merged(again, current);
  }

  #judge(binding: DesiredBinding, reported: ReportedDenial, inputs: FixInputs): JudgedRequest {
    const asked = reportedQuestion(reported, binding);
    if (asked.kind === "err") return unknown(asked.error.message);
    const { action, resource } = asked.value;
    const { partition } = arnParts(resource);
    if (resource !== "*" && partition !== binding.partition)
      return unknown(`${resource} is in partition ${partition}, the function in ${binding.partition}`);
    const question = { binding, action, resource, context: reportedContext(reported) };
    const why = complete(whyAnswer({ question, reported, live: null, notDeclared: null }, inputs));
    return judgedRequest(reported, why, {
      otherOwner: (name) => this.#owners.otherOwner(binding.namespace, name),
      isDeniedIn: (target) => this.#places.has(target, { action, resource }),
    });
  }

  #merged(judged: JudgedRequest, { origin, ...binding }: DesiredBinding): AnsweredRequest {
    const { verdict, lines, risks } = judged;
    const { withRefused = false, withRisk = false } = this.#options;
    const isWanted =
      verdict === "suggested" ||
      (verdict === "refused" && withRefused && (risks.length === 0 || withRisk)) ||
      (verdict === "risky" && withRisk);
    const edit = isWanted ? (lines?.edit ?? null) : null;
    if (edit === null) return { ...judged, isMerged: false };
    const manifest = manifestOf({ origin, ...binding }, this.#files());
    const text = this.#texts.get(origin.file);
    const line = manifest === undefined ? 0 : placeOfDocument(manifest.located).line;
    const edited = text === undefined ? null : withValueInFile(text, line, edit);
    if (edited === null)
      return {
        ...judged,
        verdict: "by-hand",
        because: "its text has a form that Grantkeeper does not edit: add the lines by hand",
        isMerged: false,
      };
    this.#texts.set(origin.file, edited);
    const bytes = new TextEncoder().encode(edited);
    this.#edited.set(origin.file, parseFile({ path: origin.file, bytes }, DEFAULT_MANIFEST_LIMITS));
    return { ...judged, isMerged: true };
  }

  #files(): readonly ParsedFile[] {
    return this.#project.files.map((file) => this.#edited.get(file.path) ?? file);
  }
}

function manifestOf(
  { origin, namespace, name }: Pick<DesiredBinding, "origin" | "namespace" | "name">,
  files: readonly ParsedFile[],
): FunctionPermission | undefined {
  return files
    .filter(({ path }) => path === origin.file)
    .flatMap(({ documents }) => documents)
    .find(
      (document): document is FunctionPermission =>
        document.kind === "FunctionPermission" &&
        document.name === name &&
        (document.namespace ?? namespace) === namespace,
    );
}

function unknown(because: string): JudgedRequest {
  return { verdict: "unknown", because, lines: null, risks: [] };
}

function notKnown(because: string): AnsweredRequest {
  return { ...unknown(because), isMerged: false };
}
