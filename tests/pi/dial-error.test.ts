import test from "ava";
import { explainDial } from "../../pi/dial-error.ts";

const to = {
  host: "pi-1",
  address: "192.168.1.101",
  port: 22,
  user: "pi",
  hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKey",
};
const explain = (error: string) => explainDial(error, to, "home");

test("a different host key is refused with an error of four parts", (t) => {
  const words =
    "hosts.pi-1.hostKey: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKey: must be the key that 192.168.1.101 shows, but that one " +
    "differs, so nothing was sent there; if the host was reinstalled, run `npm run hostkeys -- home` and compare the " +
    "fingerprints, else find out which machine answers at that address";
  t.is(explain("after 10 failed attempts: ssh: handshake failed: ssh: host key mismatch"), words);
  const noEd25519 =
    "ssh: handshake failed: ssh: no common algorithm for host key; client offered: [ssh-ed25519], server offered: [rsa-sha2-512]";
  t.is(explain(noEd25519), words);
});

test("for a host that is not reached the error names the host and the reason", (t) => {
  const address = "hosts.pi-1.address: 192.168.1.101: must answer this computer at port 22, but: ";
  const remedy =
    "; see that the host is on and that this is its address, and if it is gone for good, set hosts.pi-1.dead to true";
  for (const reason of ["connect: no route to host", "connect: connection refused", "i/o timeout"]) {
    const error = `after 10 failed attempts: dial tcp 192.168.1.101:22: ${reason}`;
    t.is(explain(error), `${address}${reason}${remedy}`);
    t.is(explain(`1 error occurred:\n\t* ${error}\n\n`), `${address}${reason}${remedy}`);
  }
});

test("a user who is not let in is told which key to use", (t) => {
  const error =
    "after 10 failed attempts: ssh: handshake failed: ssh: unable to authenticate, attempted methods [none publickey], no supported methods remain";
  t.is(
    explain(error),
    "hosts.pi-1.user: pi: must be let in by 192.168.1.101 with the key of this step; for a host's first step that is " +
      "yours, from the SSH agent or ssh.privateKey (try `ssh pi@192.168.1.101`), for all others, and for that one with " +
      "ssh.login automation, the stack's own, which an up with ssh.login person and site.converge raised by one installs again",
  );
});

test("the remedy for the meantime is added to dial errors, and to no other error", (t) => {
  const meanwhile = "the names of AWS resolve as soon as a person puts this into its dnsmasq:\nserver=…\n";
  t.regex(
    explainDial("dial tcp 192.168.1.101:22: i/o timeout", to, "home", meanwhile) ?? "",
    /set hosts\.pi-1\.dead to true; the names of AWS resolve .* its dnsmasq:\nserver=…\n$/,
  );
  t.is(explainDial("exit status 1", to, "home", meanwhile), undefined);
});

test("an error from the host itself is not explained", (t) => {
  const failed =
    'Process exited with status 1: running "sh -s -- converge":\ndocker: disk space on /: 5 KiB free';
  t.is(explain(failed), undefined);
  t.is(explain(""), undefined);
});

test("for a host that takes no files the error names the missing line of its sshd", (t) => {
  t.is(
    explain("ssh: subsystem request failed"),
    "hosts.pi-1.address: 192.168.1.101: must take files by SFTP; add `Subsystem sftp internal-sftp` to " +
      "/etc/ssh/sshd_config on the host and reload its sshd",
  );
});
