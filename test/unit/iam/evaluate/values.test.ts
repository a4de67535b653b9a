import { describe, expect, test } from "@jest/globals";
import {
  base64Text,
  compareDates,
  compareNumbers,
  exactNetwork,
  networkHolds,
  numberText,
  parseNetwork,
} from "../../../../src/iam/match/values.ts";

describe("two numbers", () => {
  test.each([
    { a: "1", b: "2", order: -1, because: "one is less than two" },
    { a: "-1", b: "-2", order: 1, because: "below zero it is the other way round" },
    { a: "1.50", b: "1.5", order: 0, because: "zeros at the end say nothing" },
    { a: "+5", b: "5", order: 0, because: "a plus sign says nothing" },
    { a: "9007199254740992", b: "9007199254740993", order: -1, because: "JavaScript would round them" },
    { a: "-9007199254740992", b: "-9007199254740993", order: 1, because: "below zero too" },
    { a: "+9007199254740993", b: "9007199254740993", order: 0, because: "a plus sign before many digits" },
    { a: "1", b: "1.00000000000000001", order: -1, because: "one of them has many digits" },
    {
      a: "0.1234567890123456",
      b: "0.1234567890123457",
      order: -1,
      because: "the digits after the point count",
    },
    { a: "1.500000000000000000", b: "1.5", order: 0, because: "they are as long as the longer one's" },
    {
      a: "-0.500000000000000000",
      b: "-0.5",
      order: 0,
      because: "a sign stays with nothing before the point",
    },
    { a: "10000000000000000", b: "9", order: 1, because: "digits are no words" },
    { a: "1", b: "x", order: undefined, because: "one is none" },
    { a: "1", b: "1x", order: undefined, because: "one goes on" },
    { a: "x1", b: "1", order: undefined, because: "one begins otherwise" },
    { a: "1.", b: "1", order: undefined, because: "a point wants digits" },
  ])("compare as $order: $a and $b, $because", ({ a, b, order }) => {
    expect(compareNumbers(a, b)).toBe(order);
    expect(compareNumbers(b, a)).toBe(order === undefined || order === 0 ? order : -order);
  });
});

test.each([
  { text: "007.50", found: "7.5", because: "zeros at its ends say nothing" },
  { text: "-0.0", found: "0", because: "nothing has no sign" },
  { text: "1005", found: "1005", because: "zeros between digits count" },
  { text: "-10", found: "-10", because: "zeros inside count" },
  { text: "+5", found: undefined, because: "a plus sign is not folded" },
  { text: "5+", found: undefined, because: "it is no number" },
  { text: "x", found: undefined, because: "it has no digit" },
])("$text is written as $found: $because", ({ text, found }) => {
  expect(numberText(text)).toBe(found);
});

describe("a date", () => {
  test.each([
    { text: "2026", instant: "2026-01-01T00:00:00.000Z" },
    { text: "2026-05", instant: "2026-05-01T00:00:00.000Z" },
    { text: "2026-05-06", instant: "2026-05-06T00:00:00.000Z" },
    { text: "2026-12-31", instant: "2026-12-31T00:00:00.000Z" },
    { text: "2026-05-06T07:08Z", instant: "2026-05-06T07:08:00.000Z" },
    { text: "2026-05-06T07:59:59Z", instant: "2026-05-06T07:59:59.000Z" },
    { text: "2026-05-06T07:08:09.25Z", instant: "2026-05-06T07:08:09.250Z" },
    { text: "2026-05-06T07:08:60.5Z", instant: "2026-05-06T07:09:00.500Z" },
    { text: "2026-05-06T24:00Z", instant: "2026-05-07T00:00:00.000Z" },
    { text: "2026-05-06T07:08+02:30", instant: "2026-05-06T04:38:00.000Z" },
    { text: "2026-05-06T07:08-0345", instant: "2026-05-06T10:53:00.000Z" },
    { text: "2026-05-06T07:08-12", instant: "2026-05-06T19:08:00.000Z" },
    { text: "0100-01-01", instant: "0100-01-01T00:00:00.000Z" },
  ])("$text is $instant", ({ text, instant }) => {
    const seconds = Date.parse(instant) / 1_000;

    expect(compareDates(text, String(seconds))).toBe(0);
    expect(compareDates(text, String(seconds + 0.001))).toBe(-1);
    expect(compareDates(String(seconds + 0.001), text)).toBe(1);
  });

  test.each([
    "0099-01-01",
    "2026-00-01",
    "2026-13-01",
    "2026-02-30",
    "2026-05-00",
    "2026-05-06T25:00Z",
    "2026-05-06T07:60Z",
    "2026-05-06T07:08:61Z",
    "2026-05-06T07:08",
    "x2026",
    "2026x",
    "x1778051280",
    "1778051280x",
    "1778051280.",
    "",
  ])("%j is none", (text) => {
    expect(compareDates(text, "2026")).toBeUndefined();
    expect(compareDates("2026", text)).toBeUndefined();
  });
});

describe("a network", () => {
  const holds = (network: string, address: string): boolean | undefined => {
    const [outer, inner] = [parseNetwork(network), parseNetwork(address)];
    return outer && inner && networkHolds(outer, inner);
  };

  test.each([
    { network: "10.0.0.0/8", address: "10.255.255.255", is: true, because: "one byte counts" },
    { network: "10.0.0.0/8", address: "11.0.0.0", is: false, because: "the byte differs" },
    { network: "10.0.0.0/9", address: "10.127.0.1", is: true, because: "the ninth bit is the same" },
    { network: "10.0.0.0/9", address: "10.128.0.1", is: false, because: "the ninth bit differs" },
    { network: "10.0.16.0/20", address: "10.0.31.255", is: true, because: "four bits of a byte count" },
    { network: "10.0.16.0/20", address: "10.0.32.0", is: false, because: "one of the four differs" },
    {
      network: "10.0.16.9/20",
      address: "10.0.16.1",
      is: true,
      because: "what is behind its length is nothing",
    },
    { network: "0.0.0.0/0", address: "203.0.113.9", is: true, because: "no bit counts" },
    { network: "203.0.113.9", address: "203.0.113.9", is: true, because: "it is the address" },
    { network: "203.0.113.9/32", address: "203.0.113.8", is: false, because: "the last bit differs" },
    { network: "10.0.0.0/24", address: "10.0.0.0/16", is: false, because: "the other is the larger one" },
    { network: "10.0.0.0/16", address: "10.0.7.0/24", is: true, because: "the other is a part of it" },
    { network: "10.0.0.0/16", address: "10.0.0.0/16", is: true, because: "they are the same" },
    { network: "::/0", address: "10.0.0.1", is: false, because: "the versions are apart" },
    { network: "0.0.0.0/0", address: "::1", is: false, because: "the other way round too" },
    { network: "2001:db8::/32", address: "2001:db8:ffff::1", is: true, because: "two groups count" },
    { network: "2001:db8::/32", address: "2001:db9::", is: false, because: "the second group differs" },
    { network: "2001:db8::/127", address: "2001:db8::1", is: true, because: "all but one bit count" },
    { network: "2001:db8::/128", address: "2001:db8::1", is: false, because: "all bits count" },
    { network: "::ffff:10.0.0.0/104", address: "::ffff:10.9.9.9", is: true, because: "the end may be IPv4" },
    {
      network: "::ffff:10.0.0.1",
      address: "::10.0.0.1",
      is: false,
      because: "a mapped address is not a compatible one",
    },
    { network: "1:2:3:4:5:6:7::", address: "1:2:3:4:5:6:7:0", is: true, because: "two colons are one group" },
    { network: "::2:3:4:5:6:7:8", address: "0:2:3:4:5:6:7:8", is: true, because: "at the beginning too" },
    { network: "AB::cd", address: "ab:0:0:0:0:0:0:CD", is: true, because: "case does not count" },
    { network: "1::", address: "1:0:0:0:0:0:0:0", is: true, because: "two colons may be the rest" },
    { network: "0102::", address: "102::", is: true, because: "zeros before a group say nothing" },
    { network: "0102::", address: "201::", is: false, because: "the bytes of a group have an order" },
  ])("holds it: $is, $network and $address, $because", ({ network, address, is }) => {
    expect(holds(network, address)).toBe(is);
  });

  test.each([
    "",
    "10.0.0",
    "10.0.0.0.0",
    "256.0.0.0",
    "10.0.0.x",
    "10.0.0.0000",
    "x10.0.0.0",
    "10..0.0",
    "10.0.0.0/",
    "10.0.0.0/33",
    "10.0.0.0/8/8",
    "10.0.0.0/x8",
    "10.0.0.0/8x",
    "10.0.0.0/-1",
    "/8",
    "::/129",
    "1::2::3",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7:8::",
    "12345::",
    "g::",
    "1:2:3:4:5:6:7:",
    "::10.0.0.256",
    "::x1",
    "::1x",
    "::10.0.0.1:2",
    "10.0.0.1::",
    "1:10.0.0.1:2:3:4:5:6",
    "fe80::1%eth0",
    "::0x10.0.0.1",
  ])("%j is none", (text) => {
    expect(parseNetwork(text)).toBeUndefined();
  });

  test.each(["10.0.0.0/32", "10.0.0.0/0", "::/128", "1:2:3:4:5:6:7:8"])("%j is one", (text) => {
    expect(parseNetwork(text)).toBeDefined();
  });
});

test.each([
  { text: "AQID", found: "AQID", because: "it is in its one spelling" },
  { text: "AR==", found: "AQ==", because: "bits behind the last byte are nothing" },
  { text: "AQ", found: "AQ==", because: "the end may be missing" },
  { text: "", found: "", because: "nothing is no bytes" },
  { text: "a b", found: undefined, because: "a space is no digit" },
  { text: "AQ==x", found: undefined, because: "nothing comes after the end" },
  { text: "-AQID", found: undefined, because: "the other alphabet is not IAM's" },
  { text: "A===", found: undefined, because: "two signs fill the last group at most" },
])("$text is $found in Base64: $because", ({ text, found }) => {
  expect(base64Text(text)).toBe(found);
});

test.each([
  { text: "10.0.0.0/8", isExact: true, because: "nothing stands behind its length" },
  { text: "10.1.0.0/8", isExact: false, because: "a byte stands behind it" },
  { text: "10.128.0.0/8", isExact: false, because: "so does one whose first bit alone is set" },
  { text: "10.0.16.0/20", isExact: true, because: "the length ends inside a byte" },
  { text: "10.0.17.0/20", isExact: false, because: "bits of that byte stand behind it" },
  { text: "10.0.0.1", isExact: true, because: "an address counts whole" },
  { text: "10.0.0.1/32", isExact: true, because: "all bits count" },
  { text: "128.0.0.0/1", isExact: true, because: "the first bit counts" },
  { text: "64.0.0.0/1", isExact: false, because: "the second does not" },
  { text: "010.0.0.0/8", isExact: false, because: "a zero before a number may be octal" },
  { text: "::1", isExact: false, because: "of IPv6 no address without its length" },
  { text: "::1/128", isExact: true, because: "with its length it is one" },
  { text: "2001:db8:8000::/33", isExact: true, because: "the last bit that counts is set" },
  { text: "2001:db8:4000::/33", isExact: false, because: "the first that does not is" },
])("$text leaves no question: $isExact, $because", ({ text, isExact }) => {
  expect(exactNetwork(text) !== undefined).toBe(isExact);
});
