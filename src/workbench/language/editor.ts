import {
  DidChangeWorkspaceFoldersNotification,
  TextDocuments,
  TextDocumentSyncKind,
  type CodeAction,
  type Connection,
  type InitializeParams,
  type InitializeResult,
  type Location,
} from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import { definitionAt } from "./answers/definition.ts";
import type { QuickFix } from "./answers/finding-fixes.ts";
import { quickFixes } from "./answers/fixes.ts";
import { hoverAt } from "./answers/hover.ts";
import { positionOf, protocolPosition } from "./answers/ranges.ts";
import type { ProjectReading, PublishedProblems } from "./live-project.ts";
import { Projects, type EditorSettings, type ProjectFile } from "./projects.ts";
import { UncheckedDocuments } from "./unchecked-documents.ts";

/** A question about an open document, with what is known of its project. */
interface EditorQuestion extends ProjectFile {
  readonly uri: string;
  readonly reading: Extract<ProjectReading, { kind: "read" }>;
}

/** What one editor opens, changes and asks. */
export class Editor {
  readonly #documents = new TextDocuments(TextDocument);
  readonly #projects: Projects;
  readonly #unchecked: UncheckedDocuments;
  readonly #version: string;
  /** The editor checks the version of a document before it changes it. */
  #hasVersionedEdits = false;
  #edits = 0;
  #folders: readonly string[] = [];

  constructor(connection: Connection, settings: EditorSettings) {
    const report = (error: unknown): void => connection.console.error(String(error));
    const publish = (problems: PublishedProblems): void =>
      void connection.sendDiagnostics(problems).catch(report);
    this.#version = settings.toolbox.version;
    this.#projects = new Projects({ ...settings, report, publish });
    this.#unchecked = new UncheckedDocuments(publish);
    connection.onInitialize((params) => this.#initialize(params));
    connection.onHover(({ textDocument: { uri }, position }) =>
      this.#ask(uri, ({ reading, file }) => hoverAt(reading.analysis, file, positionOf(position))),
    );
    connection.onDefinition(({ textDocument: { uri }, position }) =>
      this.#ask(uri, (question) => definitionOf(question, positionOf(position))),
    );
    connection.onCodeAction(({ textDocument: { uri }, range }) =>
      this.#ask(uri, (question) => {
        const problems = question.reading.problems.filter(({ file }) => file === question.file);
        const fixes = quickFixes(problems, range, question.reading.analysis);
        return fixes.map((fix) => this.#codeAction(fix, question));
      }),
    );
    connection.onDidChangeWatchedFiles(() => this.#projects.filesChanged());
    this.#follow(connection, report);
  }

  stop(): Promise<void> {
    return this.#projects.stop();
  }

  #initialize({ capabilities, workspaceFolders, rootUri }: InitializeParams): InitializeResult {
    this.#folders = workspaceFolders?.map(({ uri }) => uri) ?? (rootUri === null ? [] : [rootUri]);
    this.#projects.limitTo(this.#folders);
    this.#hasVersionedEdits = capabilities.workspace?.workspaceEdit?.documentChanges === true;
    return {
      serverInfo: { name: "grantkeeper", version: this.#version },
      capabilities: {
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
        hoverProvider: true,
        definitionProvider: true,
        codeActionProvider: { codeActionKinds: ["quickfix"] },
        workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
      },
    };
  }

  #follow(connection: Connection, report: (error: unknown) => void): void {
    const follow = (change: Promise<void>): void => void change.catch(report);
    connection.onNotification(DidChangeWorkspaceFoldersNotification.type, ({ event }) => {
      const removed = new Set(event.removed.map(({ uri }) => uri));
      this.#folders = [...this.#folders, ...event.added.map(({ uri }) => uri)].filter(
        (uri) => !removed.has(uri),
      );
      this.#projects.limitTo(this.#folders);
      for (const document of this.#documents.all()) follow(this.#edited(document));
    });
    this.#documents.onDidChangeContent(({ document }) => follow(this.#edited(document)));
    this.#documents.onDidSave(({ document }) => follow(this.#saved(document.uri)));
    this.#documents.onDidClose(({ document }) => follow(this.#closed(document.uri)));
    this.#documents.listen(connection);
  }

  async #edited(document: TextDocument): Promise<void> {
    this.#edits += 1;
    const edit = this.#edits;
    // The library changes the document in place, so that its text is taken before anything is awaited.
    const { uri, version } = document;
    const text = document.getText();
    const home = await this.#projects.homeOf(uri);
    this.#unchecked.edited(uri, text, home);
    if (home.kind === "project") home.project.edited({ uri, path: home.path, version, text, edit });
  }

  async #saved(uri: string): Promise<void> {
    const openFile = await this.#projects.fileOf(uri);
    openFile?.project.filesChanged();
  }

  async #closed(uri: string): Promise<void> {
    const openFile = await this.#projects.fileOf(uri);
    openFile?.project.closed(openFile.file);
    this.#unchecked.closed(uri);
    this.#projects.forget(uri);
  }

  /** null: the document is no manifest of a project, or its project cannot be read. */
  async #ask<Answer>(uri: string, answer: (question: EditorQuestion) => Answer): Promise<Answer | null> {
    const openFile = await this.#projects.fileOf(uri);
    if (openFile === null) return null;
    const reading = await openFile.project.current();
    return reading.kind === "failed" ? null : answer({ ...openFile, uri, reading });
  }

  #codeAction(
    { title, kind, edits, fixed, isPreferred }: QuickFix,
    { project, file, uri }: EditorQuestion,
  ): CodeAction {
    const version = project.versionOf(file);
    const changed = [...edits];
    return {
      title,
      kind,
      diagnostics: fixed.map(({ shown }) => shown),
      ...(isPreferred && { isPreferred }),
      edit: this.#hasVersionedEdits
        ? { documentChanges: [{ textDocument: { uri, version }, edits: changed }] }
        : { changes: { [uri]: changed } },
    };
  }
}

function definitionOf(
  { project, file, reading }: EditorQuestion,
  at: ReturnType<typeof positionOf>,
): Location | null {
  const definition = definitionAt(reading.analysis, file, at);
  if (definition === null) return null;
  const start = protocolPosition(definition.place);
  return { uri: project.uriOf(definition.file), range: { start, end: start } };
}
