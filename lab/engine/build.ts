/** Builds the engine from its Go module, pinned by go.mod and go.sum beside this file. */
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../world/run.ts";

const PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";
const OLDEST_GO = [1, 26] as const;

/** @throws when Go is missing or too old for go.mod */
async function needGo(): Promise<void> {
  const remedy = `install Go ${OLDEST_GO.join(".")} or newer (https://go.dev/dl), or pulumi itself (https://www.pulumi.com/docs/install)`;
  const said = await run(["go", "version"], { cwd: import.meta.dirname }).catch((error: Error) => error);
  if (said instanceof Error)
    throw new Error(
      `engine: there is no pulumi on the PATH, none to download, and no Go to build it; ${remedy}`,
    );
  const [, major, minor] = /go(\d+)\.(\d+)/.exec(said) ?? [];
  if (Number(major) > OLDEST_GO[0] || (Number(major) === OLDEST_GO[0] && Number(minor) >= OLDEST_GO[1]))
    return;
  throw new Error(`engine: ${said.trim()} is too old to build pulumi; ${remedy}`);
}

/**
 * Builds `root/bin/pulumi`: about 3 minutes on 2 cores, and 115 MB; an interrupted build leaves nothing there.
 * @param version of the engine, as in go.mod
 */
export async function buildEngine(
  root: string,
  version: string,
  progress: (line: string) => void,
): Promise<void> {
  await needGo();
  progress(`building pulumi ${version} from its Go module (once, about 3 minutes)`);
  const staging = join(root, "staging");
  await mkdir(staging, { recursive: true });
  let downloaded = 0;
  let compiled = 0;
  const tick = (line: string) => {
    if (line.startsWith("go: downloading")) {
      if (++downloaded % 50 === 1) progress(`downloading sources: ${downloaded} modules`);
    } else if (++compiled % 200 === 0) progress(`compiling: ${compiled} packages`);
  };
  const flags = `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${version}`;
  await run(
    ["go", "build", "-v", "-mod=readonly", "-trimpath", "-ldflags", flags, "-o", `${staging}/`, PACKAGE],
    {
      cwd: import.meta.dirname,
      env: { CGO_ENABLED: "0" },
      onLine: tick,
      silenceSeconds: 600,
    },
  );
  await mkdir(join(root, "bin"), { recursive: true });
  await rename(join(staging, "pulumi"), join(root, "bin", "pulumi"));
  await rm(staging, { recursive: true });
}
