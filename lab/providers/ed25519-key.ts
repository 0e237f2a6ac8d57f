import ssh2 from "ssh2";

/**
 * A new Ed25519 key pair in OpenSSH's forms. ssh2 takes leading zeros off the public key, one key in 256, and then
 * neither it nor OpenSSH can read what it wrote: such a key is thrown away.
 */
export function ed25519Key(): { readonly private: string; readonly public: string } {
  for (;;) {
    const key = ssh2.utils.generateKeyPairSync("ed25519");
    if (!(ssh2.utils.parseKey(key.private) instanceof Error)) return key;
  }
}
