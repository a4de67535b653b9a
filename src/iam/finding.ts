/** One thing that is wrong, doubtful or worth knowing in a document that a person wrote. */
export interface PolicyFinding {
  readonly rule: string;
  readonly severity: "error" | "warning" | "note";
  /** 1-based. */
  readonly line: number;
  readonly column: number;
  /** `Statement[1].Action[0]`; "" for the document. */
  readonly path: string;
  readonly reason: string;
  readonly fix: string | null;
  /** What AWS answers when it is sent such a document: code and message; null when it takes it, or its words are not known. */
  readonly aws: string | null;
}

/** In the order of the text; at one place errors first. */
export function inTextOrder(findings: readonly PolicyFinding[]): readonly PolicyFinding[] {
  return findings.toSorted(
    (a, b) =>
      a.line - b.line ||
      a.column - b.column ||
      SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity),
  );
}

const SEVERITIES: readonly PolicyFinding["severity"][] = ["error", "warning", "note"];
