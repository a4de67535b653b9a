import { expect, test } from "@jest/globals";
import { isLoopbackAddress, isLoopbackHost } from "../../../src/model/network/loopback.ts";

test.each([
  { address: "127.0.0.1", loopback: true },
  { address: "127.8.9.1", loopback: true },
  { address: "::1", loopback: true },
  { address: "::ffff:127.0.0.1", loopback: true },
  { address: "::FFFF:127.0.0.1", loopback: true },
  { address: "10.0.0.1", loopback: false },
  { address: "::ffff:10.0.0.1", loopback: false },
  { address: "fe80::1", loopback: false },
  { address: "127.example", loopback: false },
  { address: "127.0.0.256", loopback: false },
  { address: "localhost", loopback: false },
  { address: "", loopback: false },
])("$address is loopback: $loopback", ({ address, loopback }) => {
  expect(isLoopbackAddress(address)).toBe(loopback);
});

test.each([
  { host: "localhost", here: true },
  { host: "LOCALHOST.", here: true },
  { host: "127.0.0.1", here: true },
  { host: "127.8.9.1", here: true },
  { host: "::1", here: true },
  { host: "[::1]", here: true },
  { host: "[::ffff:7f00:1]", here: true },
  { host: "[::ffff:a00:1]", here: false },
  { host: "api.localhost", here: false },
  { host: "localhost.example.com", here: false },
  { host: "127.example.com", here: false },
  { host: "127.1.2.3333", here: false },
  { host: "0.0.0.0", here: false },
  { host: "[::]", here: false },
  { host: "10.0.0.1", here: false },
])("what is sent to $host stays on this machine: $here", ({ host, here }) => {
  expect(isLoopbackHost(host)).toBe(here);
});
