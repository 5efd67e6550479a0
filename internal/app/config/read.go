package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

// maxSecretFile is the most that a file with a key may hold; the largest is a private key of 4 KiB.
const maxSecretFile = 64 << 10

// Environment looks a variable up, like [os.LookupEnv].
type Environment func(name string) (value string, set bool)

// Variable returns the name of the variable that holds the setting of a key.
func Variable(key string) string {
	return "LARDER_" + strings.ToUpper(strings.ReplaceAll(key, "-", "_"))
}

// source is a setting whose value stands in a file or in a variable.
type source struct {
	key  string // of the value; the file's has "-file" behind it
	file string // path, "" if not given
	take func(text string)
}

func (c *Config) sources() []source {
	w := &c.WeChatPay
	secret := func(to *Secret) func(string) { return func(text string) { *to = NewSecret(text) } }
	return []source{
		{"master-key", c.Master.KeyFile, secret(&c.Master.Key)},
		{"wechatpay-public-key", w.PublicKeyFile, func(text string) { w.PublicKey = text }},
		{"wechatpay-private-key", w.PrivateKeyFile, secret(&w.PrivateKey)},
		{"wechatpay-api-v3-key", w.APIv3KeyFile, secret(&w.APIv3Key)},
		{"wechatpay-api-v2-key", w.APIv2KeyFile, secret(&w.APIv2Key)},
		{"wechatpay-app-secret", w.AppSecretFile, secret(&w.AppSecret)},
	}
}

// ReadSecrets takes every secret from its variable or its file; one that has neither stays as it is.
// The error is [*Invalid] and tells of every file that cannot be read and of every secret that is
// given twice.
func (c *Config) ReadSecrets(env Environment) error {
	var wrong problems
	for _, s := range c.sources() {
		value, set := env(Variable(s.key))
		switch {
		case set && s.file != "":
			wrong.unless(false, s.key, "is given twice: by %s and by %s-file", Variable(s.key), s.key)
		case set:
			s.take(strings.TrimSpace(value))
		case s.file != "":
			text, err := readSmall(s.file)
			wrong.with(s.key, err)
			s.take(strings.TrimSpace(text))
		}
	}
	return wrong.err()
}

// readSmall reads a text file that is no larger than a key may be.
func readSmall(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", plain(path, err)
	}
	defer func() { _ = f.Close() }() // it was only read
	text, err := io.ReadAll(io.LimitReader(f, maxSecretFile+1))
	switch {
	case err != nil:
		return "", plain(path, err)
	case len(text) > maxSecretFile:
		return "", fmt.Errorf("%s is larger than %d bytes", path, maxSecretFile)
	case len(strings.TrimSpace(string(text))) == 0:
		return "", fmt.Errorf("%s is empty", path)
	}
	return string(text), nil
}

// plain says in a person's order which file and why.
func plain(path string, err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		err = e.Err
	}
	return fmt.Errorf("cannot read %s: %w", path, err)
}
