/** Rules of this house that the linter does not bring: loaded by .oxlintrc.json. */

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

export default {
  meta: { name: "house" },
  rules: { "no-clock": noClock, "no-enum": noEnum },
};
