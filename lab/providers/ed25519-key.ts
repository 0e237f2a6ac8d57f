import ssh2 from "ssh2";

/**
 * Returns a new Ed25519 key pair in OpenSSH's formats. ssh2 drops a leading zero of the public key, in one key of 256,
 * and then neither it nor OpenSSH can read the result: such a key is discarded.
 */
export function ed25519Key(): { readonly private: string; readonly public: string } {
  for (;;) {
    const key = ssh2.utils.generateKeyPairSync("ed25519");
    if (!(ssh2.utils.parseKey(key.private) instanceof Error)) return key;
  }
}
