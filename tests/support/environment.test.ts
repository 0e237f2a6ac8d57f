import test from "ava";
import { environment } from "./environment.ts";

const hostile = {
  HOME: "/home/somebody",
  PATH: "/home/somebody/bin:/opt/bin",
  LANG: "tr_TR.UTF-8",
  LC_ALL: "de_DE.UTF-8",
  TZ: "Pacific/Kiritimati",
  AWS_PROFILE: "work",
  PULUMI_HOME: "/home/somebody/.pulumi",
  SSH_AUTH_SOCK: "/run/agent",
  HTTPS_PROXY: "http://proxy",
  XDG_CONFIG_HOME: "/home/somebody/.config",
  NODE_OPTIONS: "--require=/home/somebody/hook.js",
  FORCE_COLOR: "3",
  PROPERTY_RUNS: "100",
};

test("a test gets no setting of the person who runs it, except those that it asks for", (t) => {
  const { NODE_COMPILE_CACHE, PATH = "", ...others } = environment(hostile, "/scratch", "/usr/bin:/bin");
  t.deepEqual(others, {
    HOME: "/scratch/home",
    TMPDIR: "/scratch",
    LANG: "C.UTF-8",
    TZ: "UTC",
    PYTHONDONTWRITEBYTECODE: "1",
    PROPERTY_RUNS: "100",
  });
  t.regex(PATH, /^\/\S+\/node_modules\/\.bin:\/usr\/bin:\/bin$/);
});

test("this test runs in such an environment", (t) => {
  const names = Object.keys(environment(process.env, "", ""));
  // Variables of ava, and of the shell that mounts the servers for `npm run test:system`.
  const others = ["NODE_ENV", "NODE_CHANNEL_FD", "NODE_CHANNEL_SERIALIZATION_MODE"];
  t.deepEqual(
    Object.keys(process.env).filter((name) => !names.includes(name) && !others.includes(name)),
    [],
  );
  t.is(process.umask(), 0o022);
});
