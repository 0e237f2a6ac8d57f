/** As many empty resources as EMPTY_RESOURCES says, by Pulumi's SDK alone: what a program of that size costs at the least. */
import { CustomResource } from "@pulumi/pulumi";

class Empty extends CustomResource {
  constructor(name: string) {
    super("bare:index:Empty", name, {});
  }
}

for (let i = 0; i < Number(process.env.EMPTY_RESOURCES); i++) new Empty(`empty-${i}`);
