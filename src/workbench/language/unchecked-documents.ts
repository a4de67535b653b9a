import { limitProblem } from "./answers/problems.ts";
import type { PublishedProblems } from "./live-project.ts";
import type { DocumentHome } from "./projects.ts";

type Unchecked = Extract<DocumentHome, { kind: "unchecked" }>;

/** The open manifests that belong to no project: each has a note that it is not checked, and why. */
export class UncheckedDocuments {
  readonly #publish: (problems: PublishedProblems) => void;
  readonly #noted = new Map<string, Unchecked>();

  constructor(publish: (problems: PublishedProblems) => void) {
    this.#publish = publish;
  }

  /** A text without the group of the manifests is another program's. */
  edited(uri: string, text: string, home: DocumentHome): void {
    const isManifest = home.kind === "unchecked" && text.includes("grantkeeper.dev/");
    this.#note(uri, isManifest ? home : null);
  }

  closed(uri: string): void {
    this.#note(uri, null);
  }

  #note(uri: string, home: Unchecked | null): void {
    if (home?.message === this.#noted.get(uri)?.message) return;
    if (home === null) this.#noted.delete(uri);
    else this.#noted.set(uri, home);
    this.#publish({ uri, diagnostics: home === null ? [] : [limitProblem(home.message, home.hint)] });
  }
}
