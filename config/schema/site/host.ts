import { z } from "zod";
import {
  attributeNamePattern,
  attributeNameProblems,
  attributeValuePattern,
} from "../../../limits/cluster.ts";
import { hostKeyPattern, isAscending } from "../../../limits/site.ts";
import { formerly, ipv4, port, text, validatedBy, wording } from "../values.ts";

/** Fan of the official PoE HAT. */
export const fan = z.strictObject({
  overlay: z.enum(["rpi-poe", "rpi-poe-plus"]).describe("Device-tree overlay of the HAT."),
  celsius: z
    .tuple([z.number(), z.number(), z.number(), z.number()])
    .default([68, 72, 76, 80])
    .refine(
      isAscending,
      wording("must be four ascending temperatures in °C, such as [68, 72, 76, 80]", "put them in order"),
    )
    .describe("Temperatures at which the fan's four speeds begin, ascending, in °C."),
});

/** A host as a node of the ECS cluster. */
export const node = z.strictObject({
  attributes: z
    .record(
      z
        .string()
        .regex(
          attributeNamePattern,
          wording("must have a name of 1 to 128 of A-Z a-z 0-9 _ . / -", "choose another name"),
        )
        .superRefine(validatedBy(attributeNameProblems)),
      text.pipe(
        z
          .string()
          .regex(
            attributeValuePattern,
            wording("must be 1 to 128 of A-Z a-z 0-9 _ . / @ : \\ space -", "choose another value"),
          ),
      ),
    )
    .default({})
    .describe(
      'ECS instance attributes for the placement of services, for example {redis: "true"}. Each node also has `hybrid.host`, its key in `hosts`, and `hybrid.stack`, by which the services of a stack stay on its own nodes.',
    ),
  reinstalled: z
    .int()
    .nonnegative()
    .default(0)
    .describe("Raise it by one after the host's system was reinstalled, to get a new activation."),
});

const wholeHostKey = wording(
  "must be a whole public host key, `ssh-ed25519` or `ecdsa-sha2-nistp256` and 68 or 140 characters",
  "run `npm run hostkeys -- STACK`",
);

/** One host of the site. */
export const host = z.strictObject({
  address: ipv4.describe("The host's static address, inside site.cidr."),
  user: z
    .string()
    .min(1)
    .default("pi")
    .describe("The user that logs in. It may use sudo without a password."),
  port: port.default(22).describe("TCP port of sshd."),
  hostKey: z
    .string(wholeHostKey)
    .regex(hostKeyPattern, wholeHostKey)
    .describe(
      "The host's public SSH key. A connection to a host with another key is refused. `npm run hostkeys -- STACK` fills it in.",
    ),
  fan: fan.optional().describe("The fan of a host with the PoE HAT."),
  node: node.optional().describe("Makes the host a node of the cluster. `{}` suffices."),
  formerly: formerly(
    "every step is made a second time and the first one dropped, which leaves the host as it is, and a node gets another activation",
  ),
  dead: z
    .boolean()
    .default(false)
    .describe("The host is gone: nothing is sent to it, and a destroy does not wait for it."),
});

/** The login for the step that lets the automation key in. */
export const ssh = z.strictObject({
  login: z
    .enum(["person", "automation"])
    .default("person")
    .describe(
      "The key for a host's first step, which lets the automation key in; all other steps use the automation key. `person`: `privateKey`, or the SSH agent. `automation`: the automation key, once every host has it, so that CI needs no person's key.",
    ),
  privateKey: z
    .string()
    .min(1)
    .optional()
    .meta({ secret: true })
    .describe("A person's private key (secret). Default: the keys of the SSH agent."),
});
