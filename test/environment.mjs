import vm from "node:vm";
import { TestEnvironment } from "jest-environment-node";

/**
 * Jest's environment for Node, with an ordinary global object. Jest's own one is a proxy behind the interceptors of a
 * contextified object: each use of `Map`, `Number` or `Math` costs 100 ns there, and a loop over a text takes 30 times as
 * long as in production.
 */
// oxlint-disable-next-line import/no-default-export -- Jest takes the default export of the file.
export default class PlainGlobalEnvironment extends TestEnvironment {
  /** @param {ConstructorParameters<typeof TestEnvironment>} input */
  constructor(...input) {
    const { createContext } = vm;
    // Jest's constructor creates the context itself, so it is given another one for as long as it runs.
    vm.createContext = () => createContext(vm.constants.DONT_CONTEXTIFY);
    try {
      super(...input);
    } finally {
      vm.createContext = createContext;
    }
  }
}
