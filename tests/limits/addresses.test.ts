import test from "ava";
import { smallestCover } from "../../limits/addresses.ts";

const covers: [ranges: string[], cover: string][] = [
  [["192.168.1.0/24"], "192.168.1.0/24"],
  [["192.168.2.0/24", "192.168.3.0/24"], "192.168.2.0/23"],
  [["192.168.1.0/24", "192.168.2.0/24"], "192.168.0.0/22"],
  [["192.168.1.0/24", "192.168.1.128/25"], "192.168.1.0/24"],
  [["10.0.0.0/16", "192.168.1.0/24"], "0.0.0.0/0"],
];
for (const [ranges, cover] of covers)
  test(`the smallest range around ${ranges.join(" and ")} is ${cover}`, (t) => {
    t.is(smallestCover(ranges), cover);
    t.is(smallestCover(ranges.toReversed()), cover);
  });
