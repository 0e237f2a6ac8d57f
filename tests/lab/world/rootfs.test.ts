import test from "ava";
import { packageEntry } from "../../../lab/world/rootfs.ts";

test("an entry of the package index has the checksums with which apt checks a download", (t) => {
  t.is(
    packageEntry("a_1_all.deb", "Package: a\nVersion: 1\n\n", new TextEncoder().encode("abc")),
    "Package: a\nVersion: 1\nFilename: ./a_1_all.deb\nSize: 3\n" +
      "SHA256: ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\n",
  );
});
