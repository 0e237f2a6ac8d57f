/** The name servers of a host, and their answers. */
import { rmSync, symlinkSync } from "node:fs";
import { type Part, state } from "./host.ts";

/** The content of /etc/resolv.conf. */
export const resolvConf =
  (text: string): Part =>
  (host) =>
    host.write("/etc/resolv.conf", text);

/** /etc/resolv.conf is a link, as NetworkManager and systemd-resolved make it. */
export const resolvConfLink =
  (target: string): Part =>
  (host) => {
    rmSync(host.path("/etc/resolv.conf"), { force: true });
    symlinkSync(target, host.path("/etc/resolv.conf"));
  };

/** A service that runs already. */
export const running =
  (name: string): Part =>
  (host) => {
    host.write(`/lib/systemd/system/${name}.service`, "");
    host.write(`${state}/active/${name}.service`, "");
  };

/** The servers' answers: lines `SERVER RESPONSE-CODE ADDRESS…`. Default: all of them the endpoint's address. */
export const answers =
  (...lines: readonly string[]): Part =>
  (host) =>
    host.write(`${state}/answers`, lines.map((line) => `${line}\n`).join(""));

/** Another program listens on port 53, on all addresses. */
export const portTakenBy =
  (process: string): Part =>
  (host) =>
    host.write(
      `${state}/listeners`,
      `udp UNCONN 0 0 0.0.0.0:53 0.0.0.0:* users:(("${process}",pid=7,fd=4))\n`,
    );

/** The command refuses every configuration that it checks. */
export const refusing =
  (command: string): Part =>
  (host) =>
    host.fake(command, "echo bad syntax >&2; exit 1");
