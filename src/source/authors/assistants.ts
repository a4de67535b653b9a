/** How the commits of an assistant show it. All texts are in lower case. */
interface KnownAssistant {
  readonly name: string;
  /** Mail addresses that it writes as author or co-author. */
  readonly mails: readonly string[];
  /** Accounts on GitHub, whose address is `ID+ACCOUNT@users.noreply.github.com`. */
  readonly accounts: readonly string[];
  /** Names of the author that no person has. */
  readonly names: readonly string[];
  /** Beginnings of lines that only it writes. */
  readonly trailers: readonly string[];
}

function known(name: string, texts: Partial<Omit<KnownAssistant, "name">>): KnownAssistant {
  return { name, mails: [], accounts: [], names: [], trailers: [], ...texts };
}

/**
 * What assistants write in commits, as seen in public repositories and documentation in November 2026. An address of a
 * vendor's employee is never in it, nor is a bare first name.
 * @see https://github.com/chaoss/ai-detection-action addresses of accounts on GitHub
 * @see https://github.com/anthropics/claude-code/issues/29999 and /77830 Claude Code: its co-author and its session
 * @see https://github.com/openai/codex/pull/11617 Codex
 * @see https://github.com/orgs/community/discussions/203517 and /201499 GitHub Copilot
 * @see https://github.com/block/aittributor/pull/15 Cursor
 * @see https://aider.chat/docs/git.html aider: `(aider)` after the name
 */
export const ASSISTANTS: readonly KnownAssistant[] = [
  known("aider", { mails: ["aider@aider.chat", "noreply@aider.chat"] }),
  known("Amazon Q", { accounts: ["amazon-q-developer[bot]"], names: ["amazon q developer"] }),
  known("Amp", { mails: ["amp@ampcode.com"], trailers: ["amp-thread: ", "amp-thread-id: "] }),
  known("Bolt", { mails: ["noreply@bolt.new"] }),
  known("Claude", {
    mails: ["noreply@anthropic.com"],
    accounts: ["claude[bot]", "anthropic-claude[bot]", "claude-code-action[bot]"],
    names: ["claude code"],
    trailers: ["claude-session: "],
  }),
  known("Cline", { accounts: ["cline[bot]"] }),
  known("Codex", {
    mails: ["noreply@openai.com", "codex@openai.com"],
    accounts: ["openai-codex[bot]", "chatgpt-codex-connector[bot]"],
    names: ["openai codex"],
  }),
  known("Continue", { mails: ["noreply@continue.dev"], accounts: ["continue[bot]"] }),
  known("Copilot", {
    mails: ["copilot@github.com"],
    accounts: ["copilot", "copilot[bot]", "copilot-swe-agent[bot]", "github-copilot[bot]"],
    names: ["github copilot", "copilot-swe-agent"],
  }),
  known("Crush", { mails: ["crush@charm.land"] }),
  known("Cursor", {
    mails: ["cursoragent@cursor.com", "noreply@cursor.com"],
    accounts: ["cursor[bot]"],
    names: ["cursor agent"],
    trailers: ["made-with: cursor"],
  }),
  known("Devin", { mails: ["devin@cognition.ai"], accounts: ["devin-ai-integration[bot]"] }),
  known("Droid", { mails: ["droid@factory.ai"], accounts: ["factory-droid[bot]"] }),
  known("Gemini", {
    accounts: ["gemini-code-assist[bot]"],
    names: ["gemini code assist", "gemini cli"],
  }),
  known("JetBrains AI", { accounts: ["jetbrains-ai[bot]"] }),
  known("Jules", { mails: ["jules@google.com"], accounts: ["google-labs-jules[bot]"] }),
  known("Kiro", { mails: ["noreply@kiro.dev"] }),
  known("Lovable", { mails: ["noreply@lovable.dev"] }),
  known("OpenHands", { mails: ["openhands@all-hands.dev"] }),
  known("opencode", { mails: ["noreply@opencode.ai"], accounts: ["opencode-agent[bot]"] }),
  known("Qwen", { mails: ["qwen-coder@alibabacloud.com"] }),
  known("Replit", {
    mails: ["agent@replit.com", "no-reply@replit.com"],
    names: ["replit agent"],
    trailers: ["replit-commit-author: agent", "replit-commit-author: assistant"],
  }),
  known("Sweep", { accounts: ["sweep-ai[bot]"] }),
  known("Tabnine", { mails: ["noreply@tabnine.com"] }),
  known("TRAE", { mails: ["traecli@bytedance.com"] }),
  known("v0", { mails: ["noreply@v0.dev"] }),
  known("Windsurf", { mails: ["cascade@windsurf.ai"] }),
];

/** Names that models have, in any version: `Claude Opus 4.8`, `GPT-5.3-Codex`, `Gemini 3 Pro`. */
export const MODEL_NAMES: readonly (readonly [RegExp, string])[] = [
  [/^claude (opus|sonnet|haiku|code|\d)/, "Claude"],
  [/^(gpt-\d|chatgpt\b|codex\b)/, "Codex"],
  [/^(google )?gemini (cli|code assist|pro|flash|\d)/, "Gemini"],
  [/\(aider\)$/, "aider"],
];
