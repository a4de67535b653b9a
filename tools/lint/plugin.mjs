/** Rules of this repository that the linter does not bring: loaded by .oxlintrc.json. */

/** `new Date()` and `Date()` read the clock; `new Date(ms)` and `Date.parse` only convert. */
const noClock = {
  create(context) {
    const report = (node) => {
      if (node.callee.type !== "Identifier" || node.callee.name !== "Date") return;
      if (node.type === "NewExpression" && node.arguments.length > 0) return;
      context.report({ node, message: "This folder is pure: time is an argument." });
    };
    return { NewExpression: report, CallExpression: report };
  },
};

/** The compiler (erasableSyntaxOnly) lets `declare enum` through. */
const noEnum = {
  create(context) {
    return {
      TSEnumDeclaration: (node) => context.report({ node, message: "Use a union of string literals." }),
    };
  },
};

const CHANGING = new Set(
  "set add delete clear push pop shift unshift splice sort reverse fill copyWithin".split(" "),
);
/** What these make does not change, or is reported where it is changed. */
const FIXED = new Set("Error Intl Map RegExp Set TextDecoder TextEncoder".split(" "));
/** Functions that remember their results. */
const REMEMBERING = new Set(["createMemo", "memoize"]);

/**
 * A module's variable outlives every pass and every test: what is remembered belongs to an object with an owner. Reported
 * are `let`, static fields, objects of classes, weak collections (they are nothing but caches), functions that remember, functions that are
 * called where they are written, and constants of this
 * module or another one that are changed, also deep inside.
 */
const noModuleState = {
  create(context) {
    const constants = new Set();
    const makers = new Set();
    const message = "This folder has no module-level state: give a cache to an object with an owner.";
    const declared = ({ declaration, specifiers, source, ...statement }) => {
      if (source && specifiers)
        for (const { local } of specifiers) if (local?.name) constants.add(local.name);
      const { type, kind, declarations = [] } = declaration ?? statement;
      if (type !== "VariableDeclaration") return;
      for (const node of declarations) {
        if (kind !== "const" || isRemembering(node.init) || makers.has(node.init?.callee?.name))
          context.report({ node, message });
        else if (node.id.type === "Identifier") constants.add(node.id.name);
      }
    };
    const changed = (node, target) => {
      const name = target.type === "MemberExpression" && rootOf(target).name;
      if (constants.has(name)) context.report({ node, message: `${message} "${name}" is changed here.` });
    };
    return {
      Program: ({ body }) => {
        for (const { declaration, ...statement } of body)
          if (makesMemory(declaration ?? statement)) makers.add((declaration ?? statement).id.name);
        body.forEach(declared);
      },
      PropertyDefinition: (node) => node.static && context.report({ node, message }),
      AssignmentExpression: (node) => changed(node, node.left),
      UpdateExpression: (node) => changed(node, node.argument),
      UnaryExpression: (node) => node.operator === "delete" && changed(node, node.argument),
      CallExpression: (node) =>
        !node.callee.computed && CHANGING.has(node.callee.property?.name) && changed(node, node.callee),
    };
  },
};

/** `a` of `a.b.c`. */
function rootOf(node) {
  return node.type === "MemberExpression" ? rootOf(node.object) : node;
}

function isRemembering(init) {
  // An object of any other class may remember what it is asked.
  if (init?.type === "NewExpression") return !FIXED.has((init.callee.object ?? init.callee).name);
  if (init?.type !== "CallExpression") return false;
  const { callee } = init;
  // The variables of a function that is called here live as long as the module, and no later line names them.
  return isFunction(callee) || REMEMBERING.has(callee.name) || MAKES_CACHE.test(callee.name ?? "");
}

/** `makeCache()`, `createLookupCache()`, `cached(…)`. */
const MAKES_CACHE = /cache|^(memo|remember)/i;

/** A function of this module that returns a function with a variable or collection of its own. */
function makesMemory({ type, body }) {
  if (type !== "FunctionDeclaration" || body === null) return false;
  const isMemory = ({ type: form, kind, declarations = [] }) =>
    form === "VariableDeclaration" &&
    (kind === "let" || declarations.some(({ init }) => COLLECTIONS.has(init?.callee?.name)));
  const returned = body.body.findLast(({ type: form }) => form === "ReturnStatement")?.argument;
  return body.body.some(isMemory) && isFunction(returned ?? {});
}

const COLLECTIONS = new Set(["Map", "Set", "WeakMap", "WeakSet"]);

function isFunction({ type }) {
  return type === "FunctionExpression" || type === "ArrowFunctionExpression";
}

/** Names of texts for people. */
const SENTENCE =
  /^(message|reason|hint|fix|why|detail|sentence|label|title|scope|what|on|doubt|evidence|summary)$|(Message|Reason|Hint|Fix|Sentence|Label|Title)$/;
/** Names of incidents: `model/records/incident.ts` alone makes and parses them. */
const INCIDENT = /^incident(Name)?$/;
/** Methods that take a text apart: what a call, a line of a message or the result of a `…Text()` consists of are fields. */
const CUTTING = new Set(
  "split match matchAll replace replaceAll indexOf lastIndexOf search slice substring".split(" "),
);
const READING = new Set(
  "includes startsWith endsWith match matchAll split replace replaceAll indexOf lastIndexOf search".split(
    " ",
  ),
);

/**
 * The wording of a message, reason or hint is free to change, so no code depends on it: a fact that code needs is a field.
 * Reported are calls that search or take apart such a text or the name of an incident, calls that take apart a member `text` or `call` or
 * the result of a function such as `driftText`, calls that search any text for a label
 * such as "Next:", comparisons with a text of several words, and names of incidents that are composed.
 * Exceptions are comments at their line, with the reason: texts of other programs, and records of 0.1.
 */
const noParsedSentence = {
  create(context) {
    const message = "No code reads a sentence: give its facts fields of their own.";
    const compared = (node) => {
      if (!/^[!=]==$/.test(node.operator)) return;
      const [left, right] = [node.left, node.right];
      if ((isSentence(left) && isWorded(right)) || (isSentence(right) && isWorded(left)))
        context.report({ node, message });
    };
    return {
      BinaryExpression: compared,
      Property: ({ key, value }) => {
        if (INCIDENT.test(key.name) && value.type === "TemplateLiteral")
          context.report({ node: value, message: "model/records/incident.ts names incidents." });
      },
      CallExpression: (node) => {
        const method = node.callee.property?.name;
        const isRead = READING.has(method) && isSentence(node.callee.object);
        const isCut = CUTTING.has(method) && !isShortened(node) && isOwnText(node.callee.object);
        const isMatched = (method === "test" || method === "exec") && isSentence(node.arguments[0]);
        const searched = method === "test" || method === "exec" ? node.callee.object : node.arguments[0];
        const isLabelled = (READING.has(method) || isMatched || searched?.regex) && isLabel(searched);
        if (isRead || isCut || isMatched || isLabelled) context.report({ node, message });
      },
    };
  },
};

function isSentence(node) {
  const inner = node?.type === "ChainExpression" ? node.expression : node;
  const name = inner?.type === "MemberExpression" ? inner.property.name : inner?.name;
  return typeof name === "string" && (SENTENCE.test(name) || INCIDENT.test(name));
}

/** Texts that are no wording: those of files, policies and entries of the record, and answers of other programs. */
const DOCUMENT = /^(chunk|value|object|answer)$/;
/** They write a form with a syntax, or clean the text of another program. */
const NO_WORDING = new Set(["cleanText", "flowText", "shortText"]);

/** `message.text`, `facts.call`, the members `text` and `call` of a pattern, and `driftText(x)`. A parser's own parameter may be called `text`. */
function isOwnText(node) {
  const inner = node?.type === "ChainExpression" ? node.expression : node;
  if (inner?.type === "CallExpression") {
    const name = (inner.callee.property ?? inner.callee).name;
    return /[a-z]Text$/.test(name ?? "") && !NO_WORDING.has(name);
  }
  if (inner?.type === "Identifier")
    return inner.name === "call" || (inner.name === "text" && isOfPattern(inner));
  if (inner?.type !== "MemberExpression" || !/^(text|call)$/.test(inner.property.name ?? "")) return false;
  return !DOCUMENT.test((inner.object.property ?? inner.object).name ?? "");
}

/** Whether the nearest declaration of the name takes it out of an object: `({ text }) => …`, `const { text } = message;`. */
function isOfPattern({ name, parent }) {
  const takes = ({ type, properties = [] }) =>
    type === "ObjectPattern" && properties.some(({ key }) => key?.name === name);
  for (let at = parent; at; at = at.parent) {
    const params = at.params ?? [];
    if (params.some((param) => param.name === name)) return false;
    const declared = (Array.isArray(at.body) ? at.body : []).flatMap(({ declarations = [] }) => declarations);
    if (declared.some(({ id }) => id.name === name)) return false;
    if (params.some(takes) || declared.some(({ id }) => takes(id))) return true;
  }
  return false;
}

/** A length that is cut is no part that is read. */
function isShortened({ callee, arguments: [from] }) {
  return callee.property?.name === "slice" && from?.value === 0 && callee.object.type !== "CallExpression";
}

/** `"Next: "`, `/^(See|Approve):/` and `/^[a-z]+: /`: how a line of our own texts begins. */
function isLabel(node) {
  const text = node?.regex?.pattern ?? node?.value;
  return typeof text === "string" && LABEL.test(text);
}

const LABEL =
  /^\^?(\([?:]*)?([A-Z][a-z]+|error|warning|note|hint|\[a-z\]\+)(\|([A-Z][a-z]+|error|warning|note|hint|\[a-z\]\+))*\)?: *\+?$/;

function isWorded(node) {
  if (node.type === "Literal") return typeof node.value === "string" && node.value.includes(" ");
  return node.type === "TemplateLiteral" && node.quasis.some(({ value }) => value.raw.includes(" "));
}

/** What holds an ARN or a pattern of ARNs, by its name. */
const ARN_NAME = /(arn|resource|pattern|principal)$/i;
const PLACE_NAME = /^(account|accountId|region)$/;

/**
 * An ARN is parsed in `model/aws/` alone. Reported are expressions with `arn:` that search or cut a text, texts named like
 * ARNs that are split at colons, and accounts and regions that are replaced in a text (`arnAnywhere` does that in names). A syntax that a manifest or the configuration is checked with is data, and is not reported.
 */
const noArnParsing = {
  create(context) {
    const message =
      "model/aws/arn.ts and arns/arn-fields.ts parse ARNs: use arnParts, roleInArn, arnFields or withArnParts.";
    const isOfArn = (node) => typeof node?.regex?.pattern === "string" && node.regex.pattern.includes("arn:");
    return {
      CallExpression: (node) => {
        const { callee } = node;
        const method = callee.property?.name;
        const [first] = node.arguments;
        const isSearch = (method === "test" || method === "exec") && isOfArn(callee.object);
        const isCut = READING.has(method) && isOfArn(first);
        const named = callee.object?.type === "MemberExpression" ? callee.object.property : callee.object;
        const isSplit = method === "split" && first?.value === ":" && ARN_NAME.test(named?.name ?? "");
        const isMask = method === "replaceAll" && PLACE_NAME.test(first?.name ?? "");
        if (isSearch || isCut || isSplit || isMask) context.report({ node, message });
      },
    };
  },
};

const HOOKS = new Set(["beforeEach", "afterEach", "beforeAll", "afterAll"]);

/** Test files share their modules, so a hook that an import registers is there for the first file alone. */
const noImportedHooks = {
  create(context) {
    const message =
      "Register hooks in a function that the tests call: only the first file that imports this gets them.";
    return {
      Program: ({ body }) => {
        for (const node of body)
          if (HOOKS.has(node.expression?.callee?.name)) context.report({ node, message });
      },
    };
  },
};

/** A path with two slashes is found, and is another name for the same module: searches for its importers miss it. */
const noDoubleSlash = {
  create(context) {
    const report = ({ source }) => {
      if (/^\..*\/\//.test(source?.value ?? ""))
        context.report({ node: source, message: "Write one slash between the parts of the path." });
    };
    return { ImportDeclaration: report, ExportNamedDeclaration: report, ExportAllDeclaration: report };
  },
};

/** A label that a text begins with has its own number of blanks, and no colour. */
const noOwnLabel = {
  create(context) {
    const message =
      "text/layout/labelled-lines.ts prints labels, so that all texts begin in the same column.";
    const report = (node, text) => {
      if (/^\s*(note|hint|warning): /.test(text)) context.report({ node, message });
    };
    return {
      Literal: (node) => typeof node.value === "string" && report(node, node.value),
      TemplateLiteral: (node) => report(node, node.quasis[0].value.cooked),
    };
  },
};

export default {
  meta: { name: "grantkeeper" },
  rules: {
    "no-imported-hooks": noImportedHooks,
    "no-arn-parsing": noArnParsing,
    "no-clock": noClock,
    "no-double-slash": noDoubleSlash,
    "no-enum": noEnum,
    "no-module-state": noModuleState,
    "no-own-label": noOwnLabel,
    "no-parsed-sentence": noParsedSentence,
  },
};
