/** Where the lab keeps everything: one folder in the project root, which git ignores. */
import { join, resolve } from "node:path";

export const project = resolve(import.meta.dirname, "../..");
const lab = join(project, ".lab");

export const paths = {
  lab,
  /** The Pulumi CLI, where it was not on PATH, and its plugins. */
  engine: join(lab, "engine"),
  /** The engine's file backend. */
  pulumi: join(lab, "pulumi"),
  /** The data of the simulated AWS. */
  aws: join(lab, "aws"),
  awsSocket: join(lab, "run", "aws.sock"),
  /** The socket to which the VPC's interface endpoints forward requests. */
  endpointsSocket: join(lab, "run", "aws-endpoints.sock"),
  settings: join(lab, "settings.json"),
  /** Holds rootfs and mirror, which are built together. */
  debian: join(lab, "debian"),
  /** Debian as the hosts get it: the lower layer of every host's disk. */
  rootfs: join(lab, "debian/root"),
  /** A layer on top of rootfs with strongSwan and dnsmasq, for programs outside the hosts. */
  tools: join(lab, "tools"),
  /** The same with every server that the steps configure, for the tests. */
  servers: join(lab, "servers"),
  /** The same with buildah, for the images. */
  builder: join(lab, "builder"),
  /** A guest's kernel with its modules, as its Debian package has them. */
  kernel: join(lab, "kernel"),
  /** The disk of the guest that runs on that kernel. */
  guest: join(lab, "guest"),
  /** Flat apt repository that the simulated internet serves. */
  mirror: join(lab, "debian/mirror"),
  /** The mirror's packages in one file, for a lab with `--packages bundle`. */
  bundle: join(lab, "debian/packages.tar"),
  /** OCI layouts of the images that the simulated registries serve. */
  registry: join(lab, "registry"),
  /** The lab's CA and the simulated AWS's certificate. */
  ca: join(lab, "ca"),
  /** The person's SSH key, and the hosts' own. */
  keys: join(lab, "keys"),
  /** One folder per host: its disk and its firmware. */
  hosts: join(lab, "hosts"),
  /** Pid files, sockets, generated configuration: worthless after a reboot of the machine. */
  run: join(lab, "run"),
  log: join(lab, "log"),
  host: (name: string) => join(lab, "hosts", name),
  endpoint: (n: number) => join(lab, "run", `vgw${n}`),
  /** The files that every dnsmasq of the lab reads: its configuration, and names in the format of hosts(5). */
  dns: join(lab, "run", "dns"),
} as const;
