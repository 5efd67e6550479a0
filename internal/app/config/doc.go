// Package config says how an installation is set up: every setting with its key, default and
// meaning, and where its value comes from.
//
// It owns [Config], whose struct tags are the table of settings, the order of their sources
// ([Resolver]: flag, then LARDER_* variable, then file), the reading of secrets ([Config.ReadSecrets])
// and the judgment of all of them at once ([Config.Check]). app and its commands call it.
//
// It guarantees: a wrong setting is told as "key: reason" with all others that are wrong, before
// anything starts; a secret comes from a file or the environment, never from a flag or the settings
// file, and shows itself to nobody who prints or logs it (invariant I27); a key in the settings file
// that no command knows is an error.
//
// 中文名：配置。
package config
