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
    { a: "-1", b: "-2", order: 1, because: "below zero the order is reversed" },
    { a: "1.50", b: "1.5", order: 0, because: "trailing zeros are ignored" },
    { a: "+5", b: "5", order: 0, because: "a plus sign is ignored" },
    { a: "9007199254740992", b: "9007199254740993", order: -1, because: "JavaScript would round them" },
    {
      a: "-9007199254740992",
      b: "-9007199254740993",
      order: 1,
      because: "JavaScript would round them below zero too",
    },
    {
      a: "+9007199254740993",
      b: "9007199254740993",
      order: 0,
      because: "a plus sign before many digits is ignored",
    },
    { a: "1", b: "1.00000000000000001", order: -1, because: "one of them has many digits" },
    {
      a: "0.1234567890123456",
      b: "0.1234567890123457",
      order: -1,
      because: "digits after the decimal point count",
    },
    {
      a: "1.500000000000000000",
      b: "1.5",
      order: 0,
      because: "trailing zeros of a long fraction are ignored",
    },
    {
      a: "-0.500000000000000000",
      b: "-0.5",
      order: 0,
      because: "the sign is kept if a zero precedes the decimal point",
    },
    { a: "10000000000000000", b: "9", order: 1, because: "long numbers are ordered by size, not as text" },
    { a: "1", b: "x", order: undefined, because: "one text is not a number" },
    { a: "1", b: "1x", order: undefined, because: "other characters follow the number" },
    { a: "x1", b: "1", order: undefined, because: "other characters precede the number" },
    { a: "1.", b: "1", order: undefined, because: "a decimal point needs digits" },
  ])("compare as $order: $a and $b, because $because", ({ a, b, order }) => {
    expect(compareNumbers(a, b)).toBe(order);
    expect(compareNumbers(b, a)).toBe(order === undefined || order === 0 ? order : -order);
  });
});

test.each([
  { text: "007.50", found: "7.5", because: "leading and trailing zeros are removed" },
  { text: "-0.0", found: "0", because: "zero has no sign" },
  { text: "1005", found: "1005", because: "zeros between digits are kept" },
  { text: "-10", found: "-10", because: "zeros inside a fraction are kept" },
  { text: "+5", found: undefined, because: "a number with a plus sign has no canonical form" },
  { text: "5+", found: undefined, because: "a sign after the digits is no part of a number" },
  { text: "x", found: undefined, because: "a text without digits is not a number" },
])("the canonical form of the number $text is $found: $because", ({ text, found }) => {
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
  ])("$text is the instant $instant", ({ text, instant }) => {
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
  ])("%j is not a date", (text) => {
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
    { network: "10.0.0.0/8", address: "10.255.255.255", is: true, because: "the first byte is the same" },
    { network: "10.0.0.0/8", address: "11.0.0.0", is: false, because: "the first byte differs" },
    { network: "10.0.0.0/9", address: "10.127.0.1", is: true, because: "the first nine bits are the same" },
    { network: "10.0.0.0/9", address: "10.128.0.1", is: false, because: "the ninth bit differs" },
    {
      network: "10.0.16.0/20",
      address: "10.0.31.255",
      is: true,
      because: "the first twelve bits are the same",
    },
    {
      network: "10.0.16.0/20",
      address: "10.0.32.0",
      is: false,
      because: "one of the first twelve bits differs",
    },
    {
      network: "10.0.16.9/20",
      address: "10.0.16.1",
      is: true,
      because: "bits after the prefix are ignored",
    },
    {
      network: "0.0.0.0/0",
      address: "203.0.113.9",
      is: true,
      because: "a prefix of no bits contains every address",
    },
    { network: "203.0.113.9", address: "203.0.113.9", is: true, because: "an address contains itself" },
    { network: "203.0.113.9/32", address: "203.0.113.8", is: false, because: "the last bit differs" },
    { network: "10.0.0.0/24", address: "10.0.0.0/16", is: false, because: "the other network is larger" },
    { network: "10.0.0.0/16", address: "10.0.7.0/24", is: true, because: "the other network is smaller" },
    { network: "10.0.0.0/16", address: "10.0.0.0/16", is: true, because: "the networks are the same" },
    { network: "::/0", address: "10.0.0.1", is: false, because: "IPv4 and IPv6 do not mix" },
    { network: "0.0.0.0/0", address: "::1", is: false, because: "IPv6 and IPv4 do not mix" },
    {
      network: "2001:db8::/32",
      address: "2001:db8:ffff::1",
      is: true,
      because: "the first two groups are the same",
    },
    { network: "2001:db8::/32", address: "2001:db9::", is: false, because: "the second group differs" },
    {
      network: "2001:db8::/127",
      address: "2001:db8::1",
      is: true,
      because: "the first 127 bits are the same",
    },
    { network: "2001:db8::/128", address: "2001:db8::1", is: false, because: "all 128 bits are compared" },
    {
      network: "::ffff:10.0.0.0/104",
      address: "::ffff:10.9.9.9",
      is: true,
      because: "an IPv6 address may end as IPv4",
    },
    {
      network: "::ffff:10.0.0.1",
      address: "::10.0.0.1",
      is: false,
      because: "an IPv4-mapped address is not an IPv4-compatible one",
    },
    {
      network: "1:2:3:4:5:6:7::",
      address: "1:2:3:4:5:6:7:0",
      is: true,
      because: "two colons may replace one group",
    },
    {
      network: "::2:3:4:5:6:7:8",
      address: "0:2:3:4:5:6:7:8",
      is: true,
      because: "two colons may replace groups at the beginning",
    },
    { network: "AB::cd", address: "ab:0:0:0:0:0:0:CD", is: true, because: "the case of digits is ignored" },
    {
      network: "1::",
      address: "1:0:0:0:0:0:0:0",
      is: true,
      because: "two colons may replace the last groups",
    },
    { network: "0102::", address: "102::", is: true, because: "leading zeros of a group are ignored" },
    {
      network: "0102::",
      address: "201::",
      is: false,
      because: "the order of the bytes in a group is significant",
    },
  ])("contains an address: $is for $network and $address, because $because", ({ network, address, is }) => {
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
  ])("%j is not a network", (text) => {
    expect(parseNetwork(text)).toBeUndefined();
  });

  test.each(["10.0.0.0/32", "10.0.0.0/0", "::/128", "1:2:3:4:5:6:7:8"])("%j is a network", (text) => {
    expect(parseNetwork(text)).toBeDefined();
  });
});

test.each([
  { text: "AQID", found: "AQID", because: "the text is already canonical" },
  { text: "AR==", found: "AQ==", because: "bits after the last byte are ignored" },
  { text: "AQ", found: "AQ==", because: "padding may be missing" },
  { text: "", found: "", because: "an empty text is no bytes" },
  { text: "a b", found: undefined, because: "a space is not a Base64 digit" },
  { text: "AQ==x", found: undefined, because: "no character may follow the padding" },
  { text: "-AQID", found: undefined, because: "IAM does not use the URL-safe alphabet" },
  { text: "A===", found: undefined, because: "the last group has at most two padding characters" },
])("the canonical Base64 of $text is $found: $because", ({ text, found }) => {
  expect(base64Text(text)).toBe(found);
});

test.each([
  { text: "10.0.0.0/8", isExact: true, because: "no bit is set after the prefix" },
  { text: "10.1.0.0/8", isExact: false, because: "a byte is set after the prefix" },
  { text: "10.128.0.0/8", isExact: false, because: "the first bit after the prefix is set" },
  { text: "10.0.16.0/20", isExact: true, because: "the prefix ends inside a byte" },
  { text: "10.0.17.0/20", isExact: false, because: "bits of the last byte are set after the prefix" },
  { text: "10.0.0.1", isExact: true, because: "an address without a prefix is complete" },
  { text: "10.0.0.1/32", isExact: true, because: "a prefix of all bits is complete" },
  { text: "128.0.0.0/1", isExact: true, because: "the first bit is in the prefix" },
  { text: "64.0.0.0/1", isExact: false, because: "the second bit is after the prefix" },
  { text: "010.0.0.0/8", isExact: false, because: "a leading zero may mean octal" },
  { text: "::1", isExact: false, because: "an IPv6 address needs a prefix length" },
  { text: "::1/128", isExact: true, because: "an IPv6 address has its prefix length" },
  { text: "2001:db8:8000::/33", isExact: true, because: "the last bit of the prefix is set" },
  { text: "2001:db8:4000::/33", isExact: false, because: "the first bit after the prefix is set" },
])("$text is unambiguous: $isExact, because $because", ({ text, isExact }) => {
  expect(exactNetwork(text) !== undefined).toBe(isExact);
});
