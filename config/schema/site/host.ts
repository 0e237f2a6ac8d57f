import { z } from "zod";
import { ipv4, port, text } from "../values.ts";

const ascending = (t: readonly number[]) => t.every((v, i) => i === 0 || v > (t[i - 1] ?? Infinity));

/** Fan of the official PoE HAT. */
export const fan = z.strictObject({
  overlay: z.enum(["rpi-poe", "rpi-poe-plus"]).describe("Device-tree overlay of the HAT."),
  celsius: z
    .tuple([z.number(), z.number(), z.number(), z.number()])
    .default([68, 72, 76, 80])
    .refine(
      ascending,
      "must be four ascending temperatures in °C, such as [68, 72, 76, 80]; put them in order",
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
          /^[A-Za-z0-9_./-]{1,128}$/,
          "an attribute's name has 1 to 128 of A-Z a-z 0-9 _ . / -; rename it",
        ),
      text.pipe(
        z
          .string()
          .regex(
            /^[A-Za-z0-9_./@:\\ -]{1,128}$/,
            "an attribute's value has 1 to 128 of A-Z a-z 0-9 _ . / @ : \\ space -; choose another",
          ),
      ),
    )
    .default({})
    .describe(
      'ECS instance attributes that services are placed by, for example {redis: "true"}. Each node has `hybrid.host`, its name here, by itself.',
    ),
  reinstalled: z
    .int()
    .nonnegative()
    .default(0)
    .describe("Raise it by one after the host's system was reinstalled: a new activation is asked for."),
});

const wholeHostKey =
  "must be a whole public host key, `ssh-ed25519` or `ecdsa-sha2-nistp256` and 68 or 140 characters; run `npm run hostkeys -- STACK`";

/** One machine of the site. */
export const host = z.strictObject({
  address: ipv4.describe("The host's static address; inside site.cidr."),
  user: z.string().min(1).default("pi").describe("The user to log in as; may use sudo without a password."),
  port: port.default(22).describe("TCP port of sshd."),
  hostKey: z
    .string(wholeHostKey)
    .regex(
      // The whole of it, 51 or 104 bytes (RFC 8709, RFC 5656): a key that was cut off would look like another host's. No
      // RSA: the provider would then offer nothing but SHA-1 signatures, which sshd refuses since OpenSSH 8.8.
      /^(ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI[A-P][A-Za-z0-9+/]{42}|ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBB[A-P][A-Za-z0-9+/]{84}[AEIMQUYcgkosw048]=)$/,
      wholeHostKey,
    )
    .describe(
      "The host's public SSH key; connections to a host with another key are refused. `npm run hostkeys -- STACK` fills it in.",
    ),
  fan: fan.optional().describe("Only for hosts with the PoE HAT."),
  node: node.optional().describe("Present: this host is a node of the cluster. `{}` suffices."),
  dead: z
    .boolean()
    .default(false)
    .describe("The machine is gone. Nothing is sent to it any more, and a destroy does not wait for it."),
});

/** How the hosts are reached for the step that lets the automation key in. */
export const ssh = z.strictObject({
  login: z
    .enum(["person", "automation"])
    .default("person")
    .describe(
      "Whose key carries out a host's first step, which lets the automation key in; all others are carried out with that one. `automation`: the automation key itself, once every host has it, so that CI needs no person's key, and `privateKey` is not read.",
    ),
  privateKey: z
    .string()
    .min(1)
    .optional()
    .meta({ secret: true })
    .describe("A person's private key (secret). Left out: the SSH agent is asked."),
});
