import { strict as assert } from "node:assert";
import { labHosts } from "../../hosts.ts";
import { carryOut } from "../../operations.ts";
import { sshdConnections } from "../../world/host.ts";
import { check } from "../check.ts";

const connections = () => Object.fromEntries(labHosts().map(({ name }) => [name, sshdConnections(name)]));

export default check({
  title: "A second pulumi up changes nothing and opens no SSH connection",
  // Needs neither both tunnels nor every node.
  beside: "tunnel-lost",
  run: async () => {
    const before = connections();
    assert(
      Object.values(before).some((count) => count > 0),
      "no host's sshd log has any connection: it counts nothing",
    );
    const { changes } = await carryOut({ operation: "up", stack: "lab" });
    const { same = 0, ...others } = changes;
    assert.deepEqual(others, {}, "resources changed");
    assert.deepEqual(connections(), before, "SSH connections were opened");
    return `${same} resources the same, 0 connections`;
  },
});
