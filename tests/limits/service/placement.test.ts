import test from "ava";
import { eligibleNodes } from "../../../limits/service/placement.ts";

const nodes = {
  "pi-1": { attributes: {} },
  "pi-2": { attributes: { redis: "true", disk: "ssd" } },
  "pi-3": { attributes: { redis: "true" } },
};

test("without attributes every node may run a service", (t) => {
  t.deepEqual(eligibleNodes(nodes, { attributes: {} }), ["pi-1", "pi-2", "pi-3"]);
});

test("a node needs all of the attributes, with their values", (t) => {
  t.deepEqual(eligibleNodes(nodes, { attributes: { redis: "true" } }), ["pi-2", "pi-3"]);
  t.deepEqual(eligibleNodes(nodes, { attributes: { redis: "true", disk: "ssd" } }), ["pi-2"]);
  t.deepEqual(eligibleNodes(nodes, { attributes: { redis: "false" } }), []);
});

test("each node has its own name as an attribute", (t) => {
  t.deepEqual(eligibleNodes(nodes, { attributes: { "hybrid.host": "pi-3", redis: "true" } }), ["pi-3"]);
});

test("attributes that the agent sets exclude no node beforehand", (t) => {
  t.deepEqual(eligibleNodes(nodes, { attributes: { "ecs.cpu-architecture": "arm64", disk: "ssd" } }), [
    "pi-2",
  ]);
});
