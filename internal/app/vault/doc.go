// Package vault keeps secrets where they are kept: passwords as argon2id hashes, cabinets' keys
// sealed under the master key.
//
// It owns [Passwords], which implements staff's port, and [Sealer] with its [Ring] of master keys,
// which implements cabinet's. app makes one of each; nobody else calls it.
//
// It guarantees: what one purpose sealed does not open for another; a sealed secret says which master
// key it needs, so keys can be rotated; hashing uses bounded memory however many people sign in at
// once; no error and no log line holds a secret (invariant I27).
//
// 中文名：保险箱。
package vault
