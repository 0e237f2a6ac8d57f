/**
 * The images that the simulated registries serve, built without a Docker engine: buildah, from Debian, in a layer.
 *
 * Each image is an OCI layout in `.lab/registry/<registry>/<name>/`, its tag the annotation
 * `org.opencontainers.image.ref.name` in index.json.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { delimiter, dirname, join, relative, resolve } from "node:path";
import { cached, removeTree, stampIn } from "../world/cached.ts";
import { buildLayer, inLayer } from "../world/layer.ts";
import { paths, project } from "../world/paths.ts";
import { run } from "../world/run.ts";
import { images } from "./names.ts";

const packages = ["buildah", "busybox-static", "redis-server"];
const app = join(project, "apps/hit-counter");

/** Returns npm's folder: that of the npm that runs this, else of the one on PATH. */
function npmFolder(): string {
  const onPath = (process.env.PATH ?? "").split(delimiter).map((dir) => join(dir, "npm"));
  const programs = [process.env.npm_execpath ?? "", ...onPath]
    .filter(existsSync)
    .map((path) => realpathSync(path));
  const program = programs.find((path) => path.endsWith("/npm/bin/npm-cli.js"));
  if (program === undefined)
    throw new Error("images: npm is not on PATH: the page's packages come by it; install Node.js with npm");
  return resolve(program, "../..");
}

/** The machine's own certificates: a site that intercepts TLS has its own authority among them. */
function certificates(): string {
  const known = [
    process.env.SSL_CERT_FILE ?? "",
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/cert.pem",
  ];
  return known.find(existsSync) ?? join(paths.rootfs, "etc/ssl/certs/ca-certificates.crt");
}

/** Returns the folder of an image's layout. */
const layoutIn = (dir: string, image: string) => join(dir, image.replace(/:[^:]*$/, ""));

async function build(dir: string): Promise<void> {
  const work = `${dir}.work`;
  await removeTree(work);
  for (const part of ["app", "npm", "work"]) mkdirSync(join(work, part), { recursive: true });
  mkdirSync(dir, { recursive: true });
  for (const file of ["node", "ca-certificates.crt", "out"]) writeFileSync(join(work, file), "");
  await run(["rm", join(work, "out")]);
  mkdirSync(join(work, "out"));
  cpSync(join(import.meta.dirname, "redis-entrypoint.sh"), join(work, "redis-entrypoint.sh"));
  cpSync(join(import.meta.dirname, "build.sh"), join(work, "build.sh"));
  const binds = [
    { from: work, to: "/run/lab" },
    { from: dir, to: "/run/lab/out" },
    { from: app, to: "/run/lab/app" },
    { from: npmFolder(), to: "/run/lab/npm" },
    { from: realpathSync(process.execPath), to: "/run/lab/node" },
    { from: certificates(), to: "/run/lab/ca-certificates.crt" },
    { from: realpathSync("/etc/resolv.conf"), to: "/etc/resolv.conf" },
  ];
  const command = inLayer(paths.builder, ["sh", "/run/lab/build.sh", images.page, images.redis], binds);
  await run(command, { log: join(paths.log, "images.log"), timeoutSeconds: 900 });
  await removeTree(work);
  const [copy, original] = [images.privateRedis, images.redis].map((image) => layoutIn(dir, image));
  if (copy && original) symlinkSync(relative(dirname(copy), original), copy);
}

/** Returns everything that the images are built from, as text. */
const definition = () => ({
  debian: stampIn(paths.debian),
  images,
  node: process.version,
  packages,
  recipe: ["build.sh", "redis-entrypoint.sh"].map((file) =>
    readFileSync(join(import.meta.dirname, file), "utf8"),
  ),
  app: readdirSync(app, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => [name, readFileSync(join(app, name), "utf8")]),
});

/** Builds the images, unless they exist and were built from the same. */
export async function buildImages(progress: (text: string) => void): Promise<void> {
  const rebuilt = await cached(paths.registry, definition(), async (dir) => {
    progress("buildah builds the page from its Dockerfile, and Redis: once, about half a minute");
    await buildLayer(paths.builder, packages);
    await build(dir);
  });
  if (!rebuilt) progress("as they were");
}
