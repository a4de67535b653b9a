/** The columns of a table, with the types that PostgreSQL reads their texts as. */
export interface MovedTable {
  readonly name: string;
  readonly columns: Readonly<Record<string, "text" | "bigint" | "bytea" | "boolean">>;
}

/** What a move copies, in an order in which each row finds those that it refers to. The head is computed. */
export const MOVED_TABLES: readonly MovedTable[] = [
  { name: "documents", columns: { hash: "text", text: "bytea" } },
  {
    name: "entries",
    columns: {
      seq: "bigint",
      at_ms: "bigint",
      kind: "text",
      key: "text",
      prev: "text",
      hash: "text",
      fact: "text",
      documents: "text",
    },
  },
  {
    name: "writes",
    columns: {
      intent: "bigint",
      account_id: "text",
      key: "text",
      call: "text",
      step: "bigint",
      target: "text",
      before_hash: "text",
      after_hash: "text",
      outcome: "text",
      finished_ms: "bigint",
    },
  },
  { name: "removable_documents", columns: { hash: "text" } },
  { name: "unanchored", columns: { copy: "text", seq: "bigint" } },
  {
    name: "keys",
    columns: {
      key: "text",
      account_id: "text",
      status: "text",
      status_version: "bigint",
      record: "text",
      applied: "text",
      source_hash: "text",
    },
  },
  { name: "accounts", columns: { account_id: "text", record: "text" } },
  { name: "sources", columns: { source: "text", record: "text" } },
  {
    name: "objects",
    columns: { kind: "text", namespace: "text", name: "text", record: "text", version: "bigint" },
  },
  { name: "approvals", columns: { subject: "text", expires_ms: "bigint", record: "text" } },
  { name: "rejections", columns: { subject: "text", record: "text" } },
  { name: "suspensions", columns: { id: "text", until_ms: "bigint", record: "text" } },
  {
    name: "outbox",
    columns: {
      id: "bigint",
      route: "text",
      body: "text",
      attempts: "bigint",
      due_ms: "bigint",
      first_due_ms: "bigint",
      copied: "boolean",
    },
  },
  { name: "incidents", columns: { incident: "text", record: "text" } },
  { name: "incident_routes", columns: { incident: "text", route: "text", notified_ms: "bigint" } },
  { name: "alert_threads", columns: { route: "text", incident: "text", thread: "text" } },
  {
    name: "alert_routes",
    columns: { route: "text", delivered_ms: "bigint", problem_ms: "bigint", cause: "text", fix: "text" },
  },
  { name: "changes", columns: { id: "text", account_id: "text", at_ms: "bigint", record: "text" } },
  { name: "sessions", columns: { hash: "text", ends_ms: "bigint", used_ms: "bigint", record: "text" } },
];
